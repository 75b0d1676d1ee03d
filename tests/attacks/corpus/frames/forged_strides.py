"""Strides from the jail: one number that is said to be millions apart."""

from arena.files import accepted, frame

from torchstone.wire import decode

DATA = frame(b'{"t":["float32",[2],"cpu",[30000000]]}', bytes(8))


def control(folder, patch):
    made = decode.Decoder.__init__
    patch(decode.Decoder, "__init__", lambda self, body, **k: made(self, body, trusted_sender=True))
    return accepted(DATA)


def ours(folder, patch):
    return accepted(DATA)
