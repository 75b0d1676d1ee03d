"""Meet device mistakes before you have a GPU: a simulated accelerator for your own notebook.

    from torchstone.kit import devices

    device = devices.simulated()                  # once a kernel, for good
    x = torch.randn(2, 3, device=device)
    with devices.explained():
        x + torch.zeros(3)                        # ✗ … Where: your cell, line 6 … device=x.device

It computes what the CPU computes and refuses what a GPU refuses, in PyTorch's words. It is slower than the CPU: for
finding mistakes, not for training.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import torch

from torchstone import sim
from torchstone.kit.failure import CELL_FILE, CheckFailed
from torchstone.messages import checks
from torchstone.model import Where

_SHOWN = 300


def simulated() -> torch.device:
    """The simulated accelerator, brought into this kernel at the first call; it stays until the kernel ends.

    Raises CheckFailed where it cannot be: a real accelerator is in use here, or another backend.
    """
    try:
        return sim.install()
    except sim.InstallError as error:
        raise CheckFailed(str(error), why=checks.ask_for_the_device_first()) from None


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """Runs a block; a device mistake in it becomes CheckFailed with the line that made it, and what to do there.

    Every other exception passes as it is. The block runs some 3 µs slower for each operation of torch's.
    """
    try:
        with sim.Births():
            yield
    except Exception as error:
        found = sim.explain(error)
        if found is None:
            raise
        place = found.cause or found.place
        where = None if place is None else Where(_cell(place.file), place.line, place.code[:200])
        raise CheckFailed(checks.exception(type(error).__name__, str(error)[:_SHOWN]), where, found.text) from None


def _cell(file: str) -> str:
    named = CELL_FILE.fullmatch(file)
    return named[1] if named else "your cell"
