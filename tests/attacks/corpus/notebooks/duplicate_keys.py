"""Two lists of cells: one reader sees the first, another the last."""

from arena.files import parsed, read_strictly

CELL = b'{"cell_type": "code", "metadata": {}, "source": "x", "outputs": [], "execution_count": null}'
DATA = b'{"cells": [], "cells": [], "cells": [' + CELL + b'], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


def control(folder, patch):
    return parsed(DATA)


def ours(folder, patch):
    return read_strictly(DATA)
