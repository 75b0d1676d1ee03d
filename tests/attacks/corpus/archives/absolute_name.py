"""A member whose name is absolute."""

from arena.files import extracted, taken_in, zipped


def data(folder):
    return zipped({f"{folder}/escaped.ipynb": b"{}"})


def control(folder, patch):
    return extracted(data(folder), folder)


def ours(folder, patch):
    return taken_in(data(folder), folder)
