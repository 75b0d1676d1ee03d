"""A random generator from the jail, whose state is the sender's."""

import torch
from arena.files import accepted, frame

from torchstone.wire import decode

STATE = torch.Generator().get_state().numpy().tobytes()
DATA = frame(b'{"g":{"t":["uint8",[%d],"cpu"]}}' % len(STATE), STATE)


def control(folder, patch):
    made = decode.Decoder.__init__
    patch(decode.Decoder, "__init__", lambda self, body, **k: made(self, body, trusted_sender=True))
    return accepted(DATA)


def ours(folder, patch):
    return accepted(DATA)
