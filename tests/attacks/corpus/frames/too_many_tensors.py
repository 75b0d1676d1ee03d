"""Thousands of empty tensors: a few bytes here, much memory there."""

from arena.files import accepted, accepted_without, frame

DATA = frame(b'{"l":[' + b",".join([b'{"t":["float32",[0],"cpu"]}'] * 6000) + b"]}")


def control(folder, patch):
    return accepted_without(DATA, patch, ("MAX_TENSORS", 10**9))


def ours(folder, patch):
    return accepted(DATA)
