"""A type with a name that fills the page."""

from arena.files import accepted, accepted_without, frame

DATA = frame(b'{"o":"' + b"x" * 5000 + b'"}')


def control(folder, patch):
    return accepted_without(DATA, patch, ("MAX_NAME", 10**9))


def ours(folder, patch):
    return accepted(DATA)
