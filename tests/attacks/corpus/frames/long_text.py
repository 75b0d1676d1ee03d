"""A text longer than a frame may hold."""

from arena.files import accepted, accepted_without, frame

DATA = frame(b'"' + b"x" * ((1 << 20) + 1) + b'"')


def control(folder, patch):
    return accepted_without(DATA, patch, ("MAX_STRING", 10**9))


def ours(folder, patch):
    return accepted(DATA)
