"""Thousands of files in one small archive."""

from arena.files import extracted, taken_in, zipped

DATA = zipped({f"{i}.ipynb": b"" for i in range(25_000)})


def control(folder, patch):
    return extracted(DATA, folder)


def ours(folder, patch):
    return taken_in(DATA, folder)
