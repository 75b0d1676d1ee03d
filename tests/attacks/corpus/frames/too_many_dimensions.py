"""A tensor of forty dimensions."""

from arena.files import accepted, accepted_without, frame

DATA = frame(b'{"t":["float32",[' + b",".join([b"1"] * 40) + b'],"cpu"]}', bytes(4))


def control(folder, patch):
    return accepted_without(DATA, patch, ("MAX_NDIM", 64))


def ours(folder, patch):
    return accepted(DATA)
