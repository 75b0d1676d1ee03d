"""JSON nested deeper than a parser's stack."""

from arena.files import parsed, read_strictly

DATA = b'{"cells": ' + b"[" * 200_000 + b"]" * 200_000 + b"}"


def control(folder, patch):
    return parsed(DATA)


def ours(folder, patch):
    return read_strictly(DATA)
