"""A giant answer on every probe: each is taken, and a judge that keeps them for later fills the memory."""

import gc
import weakref
from types import SimpleNamespace

import torch

from torchstone.judge import agree, kept, trial

PROBES = 12


def check(student, params):
    agree(student.f())
    if params % 2:
        raise ValueError("a body that fails in its own way")


def still_there():
    """How many of the answers are in memory after the last probe."""
    there = []

    def answer():
        giant = torch.zeros(1 << 20)
        there.append(weakref.ref(giant))
        return giant

    wanted = trial.Seen(torch.zeros(3), explicit=False, scale=0.0)
    oracle = trial.Oracle((wanted,), (wanted,), 0, 1)
    sat = []
    for params in range(PROBES):
        tried = trial.Trial(oracle)
        arguments = {"student": None, "params": params}
        sat.append((tried, tried.run(check, arguments, SimpleNamespace(f=answer), None)))
    gc.collect()
    assert all(fault is not None for _, fault in sat)
    return sum(giant() is not None for giant in there)


def control(folder, patch):
    patch(kept, "_LEAST", 1 << 30)
    return still_there() == PROBES


def ours(folder, patch):
    return still_there() > 1
