"""An integer that costs minutes to convert."""

from arena.files import accepted, accepted_without, frame

DATA = frame(b"9" * 4000)


def control(folder, patch):
    return accepted_without(DATA, patch, ("MAX_INT", 10**5000), ("_INT_DIGITS", 10**9))


def ours(folder, patch):
    return accepted(DATA)
