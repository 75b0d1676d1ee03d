"""A file larger than any notebook, mostly blanks."""

from arena.files import parsed, read_strictly

DATA = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}' + b" " * 22_000_000


def control(folder, patch):
    return parsed(DATA)


def ours(folder, patch):
    return read_strictly(DATA)
