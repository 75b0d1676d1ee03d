"""More items than a frame may hold, each two bytes long."""

from arena.files import accepted, accepted_without, frame

DATA = frame(b'{"l":[' + b",".join([b"0"] * 150_000) + b"]}")


def control(folder, patch):
    return accepted_without(DATA, patch, ("MAX_NODES", 10**9))


def ours(folder, patch):
    return accepted(DATA)
