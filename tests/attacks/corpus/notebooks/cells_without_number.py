"""A hundred thousand cells."""

from arena.files import parsed, read_strictly

CELL = b'{"cell_type": "raw", "metadata": {}, "source": ""}'
DATA = b'{"cells": [' + b",".join([CELL] * 100_000) + b'], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


def control(folder, patch):
    return parsed(DATA)


def ours(folder, patch):
    return read_strictly(DATA)
