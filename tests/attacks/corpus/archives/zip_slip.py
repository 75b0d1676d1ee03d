"""A member whose name climbs out of the folder."""

from arena.files import extracted, taken_in, zipped

DATA = zipped({"../escaped.ipynb": b"{}"})


def control(folder, patch):
    return extracted(DATA, folder)


def ours(folder, patch):
    return taken_in(DATA, folder)
