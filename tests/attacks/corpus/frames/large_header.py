"""A header larger than a frame may have."""

from arena.files import accepted, accepted_without, frame

DATA = frame(b" " * (5 << 20) + b"1")


def control(folder, patch):
    return accepted_without(DATA, patch, ("MAX_HEADER", 10**9))


def ours(folder, patch):
    return accepted(DATA)
