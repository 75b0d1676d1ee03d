"""What torch says, and the simulated accelerator after it, where devices are the reason. Self-reported text."""

from __future__ import annotations

import re
from typing import Final

from torchstone.compare import Fault
from torchstone.model import Stage

#: Tensors of two devices met, or what belongs on one was on the other.
_MIXED: Final = re.compile(
    r"same device|at least two devices|types? .* should be the same|'lengths' argument should be"
    r"|device type tensor to numpy|device type for generator|incompatible tensor type"
    r"|expected device \S+ but got"
)
#: A program asks by name for a device that is not there.
_ABSENT: Final = re.compile(r"Torch not compiled with CUDA|NVIDIA driver|support for mps|MPS backend|CUDA generator")


def is_about_devices(fault: Fault) -> bool:
    """Whether a failure on the accelerator is the program's. Anything else may be a limit of the simulator."""
    if fault.stage is Stage.DEVICE:
        return True
    return fault.stage is Stage.RAN and bool(_MIXED.search(fault.message) or asks_by_name(fault.message))


def asks_by_name(message: str) -> bool:
    """Whether a program failed because it asked by name (`.cuda()`, `"mps"`) for a device that is not there."""
    return bool(_ABSENT.search(message))
