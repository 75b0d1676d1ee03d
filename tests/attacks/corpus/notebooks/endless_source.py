"""One cell of many megabytes."""

from arena.files import parsed, read_strictly

CELL = b'{"cell_type": "raw", "metadata": {}, "source": "' + b"x" * 12_000_000 + b'"}'
DATA = b'{"cells": [' + CELL + b'], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


def control(folder, patch):
    return parsed(DATA)


def ours(folder, patch):
    return read_strictly(DATA)
