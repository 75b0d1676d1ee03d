"""A child's life, played in the fork server with a program of ours before any child is forked.

Python looks up, specializes and links what it runs for the first time, and torch sets up what it uses for the first
time: done here it is done for all children, and they touch less memory of their own.
"""

from __future__ import annotations

import linecache
import os
from typing import Final

import torch

from torchstone import wire
from torchstone.errors import JailError
from torchstone.jail import code
from torchstone.jail.worker import Worker

_ROUNDS: Final = 12
_FOREVER: Final = float("inf")

_CELL: Final = """
import math
import torch
from torch import nn
import torch.nn.functional as F


class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return 2 * x

    @staticmethod
    def backward(ctx, upstream):
        (x,) = ctx.saved_tensors
        return 2 * upstream + 0 * x


class Net(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.layer = nn.Linear(inputs, outputs)

    def forward(self, X):
        return F.relu(self.layer(X))


def forward(X, W, b, y):
    logits = X @ W + b
    hidden = torch.maximum(logits, torch.zeros_like(logits)).clamp(max=100)
    loss = F.cross_entropy(hidden, y)
    return {"loss": loss, "logits": (hidden - hidden.mean(0)) / hidden.std(0), "exp": hidden.exp().sum(1, keepdim=True)}
"""
_SCENARIO: Final = """
def gradients(code, X, W, b, upstream):
    net = code.Net(W.shape[0], W.shape[1])
    fill(net, [W.T.contiguous(), b])
    leaf = X.clone().requires_grad_()
    value = code.Double.apply(net(leaf))
    return [value, *torch.autograd.grad(value, [leaf, *net.parameters()], upstream)]
"""


def rehearse(device: str) -> None:
    """Load a program and put questions to it, over pipes, as the judge does; its inputs are moved to `device`.

    Where torch counts a real accelerator it must not be called: a backward pass would start a thread for it.
    """
    file = "<cell 0>"
    program = code.packed(code.of_cells({file: _CELL}))
    scenario = code.packed_scenario(_SCENARIO)
    X, W, b, y = torch.ones(5, 4), torch.ones(4, 3), torch.ones(3), torch.tensor([0, 1, 2, 0, 1])
    questions: list[tuple[object, ...]] = [
        ("place", (device,)),
        ("load", ([("cell 0", _CELL)], program)),
        ("call", ("forward", [X, W, b, y], {})),
        ("call", ("forward", [X.double(), W.double(), b.double(), y], {})),
        ("run", (scenario, "gradients", [X, W, b, torch.ones(5, 3)], {})),
    ]
    reader, requests = os.pipe()
    replies, writer = os.pipe()
    try:
        for _ in range(_ROUNDS):
            worker = Worker(reader, writer)
            for number, question in enumerate(questions):
                wire.send_packed(requests, number, wire.pack(question), _FOREVER)
                worker.answer()
                reply = wire.unpack(wire.receive_packed(replies, number, _FOREVER)).value
                if not isinstance(reply, tuple) or reply[0] != "ok":
                    raise JailError(f"the worker does not work in this torch: {reply}")
    finally:
        linecache.cache.pop(file, None)
        for fd in (reader, requests, replies, writer):
            os.close(fd)
