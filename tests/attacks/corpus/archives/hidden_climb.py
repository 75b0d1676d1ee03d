"""A name that climbs in its middle, where a check of its beginning does not see it."""

from arena.files import extracted, taken_in, zipped

DATA = zipped({"week01/deep/../../../escaped.ipynb": b"{}"})


def control(folder, patch):
    return extracted(DATA, folder)


def ours(folder, patch):
    return taken_in(DATA, folder)
