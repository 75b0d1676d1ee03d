"""Lists in lists, deeper than a frame may nest."""

from arena.files import accepted, accepted_without, frame

DATA = frame(b'{"l":[' * 60 + b"]}" * 60)


def control(folder, patch):
    return accepted_without(DATA, patch, ("MAX_DEPTH", 10**9))


def ours(folder, patch):
    return accepted(DATA)
