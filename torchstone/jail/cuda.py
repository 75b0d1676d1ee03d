"""The CUDA profile: what a jailed child is given so that it can compute on an NVIDIA card, and what bounds it there.

Opt-in: only a zygote that was started for it makes such children, and no other process of ours touches a card. Written
by NVIDIA's and gVisor's public accounts of what a CUDA program opens; docs/devices.md says what has been tried.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from torchstone.errors import JailUnavailable

#: What every CUDA program opens, beside the card itself. Not `nvidia-uvm-tools`, which reads other processes' memory,
#: nor `nvidia-modeset`, which is for screens.
_CONTROL: Final = ("/dev/nvidiactl", "/dev/nvidia-uvm")
#: Parts of a card that is split (MIG) are opened through these.
_CAPABILITIES: Final = "/dev/nvidia-caps"
#: What the driver's library reads: the driver's version and parameters, device numbers, the machine's layout.
_READ: Final = (
    "/proc/driver/nvidia",
    "/proc/devices",
    "/sys/bus/pci/devices",
    "/sys/devices/system/cpu",
    "/sys/devices/system/node",
    "/sys/module/nvidia",
)
#: Where container runtimes put the driver's library, if not among the system's.
_LIBRARIES: Final = ("/usr/local/nvidia", "/usr/local/cuda/compat")

#: CPU seconds that a child may use for starting CUDA, on top of what a program may use.
START_SECONDS: Final = 20.0


@dataclass(frozen=True)
class Card:
    """One card, as a jail shows it."""

    number: int
    #: Device nodes: to read, write, map and send controls to.
    nodes: tuple[str, ...]
    #: What else must be readable.
    readable: tuple[str, ...]


def find(number: int = 0, root: Path = Path("/")) -> Card:
    """The card of this number. Raises JailUnavailable if there is none. `root` is where `/dev` and `/proc` lie."""
    wanted = (*_CONTROL, f"/dev/nvidia{number}")
    if absent := [node for node in wanted if not (root / node[1:]).exists()]:
        raise JailUnavailable(f"no CUDA device here: {', '.join(absent)} {'is' if len(absent) == 1 else 'are'} missing")
    closed = [node for node in wanted if not os.access(root / node[1:], os.R_OK | os.W_OK)]
    if closed:
        raise JailUnavailable(f"no CUDA device for this user: {', '.join(closed)} cannot be opened")
    capabilities = sorted(f"{_CAPABILITIES}/{node.name}" for node in (root / _CAPABILITIES[1:]).glob("*"))
    return Card(number, (*wanted, *capabilities), _existing((*_READ, *_LIBRARIES), root))


def card_of(fields: Mapping[str, Any] | None) -> Card | None:
    """A card that crossed the control socket as JSON."""
    if fields is None:
        return None
    return Card(fields["number"], tuple(fields["nodes"]), tuple(fields["readable"]))


def environment(card: Card) -> dict[str, str]:
    """What a child's environment says beside the usual: one card, float32 that is float32, the same sums every time."""
    return {
        "CUDA_DEVICE_ORDER": "PCI_BUS_ID",
        "CUDA_VISIBLE_DEVICES": str(card.number),
        "CUDA_CACHE_DISABLE": "1",  # compiled kernels would be written into the box
        "CUDA_MODULE_LOADING": "LAZY",
        "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
        "NVIDIA_TF32_OVERRIDE": "0",
    }


def begin(memory_mb: int) -> None:
    """In a child, confined: start CUDA, and let torch's allocator give `memory_mb` of the card's memory at most.

    A program can undo the second; `cuda_memory.py` watches from outside. Raises RuntimeError where CUDA cannot start.
    """
    import torch

    torch.cuda.init()  # type: ignore[no-untyped-call]
    _, total = torch.cuda.mem_get_info()
    torch.cuda.set_per_process_memory_fraction(min(1.0, memory_mb * (1 << 20) / total))


def steady() -> None:
    """Undo what a program may have switched: TF32 is off, kernels are those that give the same result each time, and
    draws begin anew.
    """
    import torch

    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        torch.cuda.manual_seed_all(0)
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.benchmark = False


def _existing(paths: Iterable[str], root: Path) -> tuple[str, ...]:
    return tuple(path for path in paths if (root / path[1:]).exists())
