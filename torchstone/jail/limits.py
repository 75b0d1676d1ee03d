"""Resource limits of one jailed child: what the kernel takes away from a program that wants too much."""

from __future__ import annotations

import math
import resource
from typing import Final

from torchstone.jail import cuda
from torchstone.model import Limits

_MEGABYTE: Final = 1 << 20
_OPEN_FILES: Final = 128
_STACK: Final = 8 * _MEGABYTE


def cpu_limit(limits: Limits, *, card: bool = False) -> int:
    """CPU seconds after which the kernel kills a child: whole seconds, at least one. CUDA needs some to start."""
    return max(1, math.ceil(limits.cpu_seconds + card * cuda.START_SECONDS))


def apply(limits: Limits, *, inherited_bytes: int, own_user: bool, card: bool = False) -> None:
    """Bound this process for good.

    `inherited_bytes` is the address space it was forked with: `memory_mb` comes on top. `own_user`: no other process
    shares its user, so that threads can be counted (the kernel counts them per user). `card`: CUDA will reserve more
    address space than any bound allows, so that only what can be written to is counted.
    """
    memory = inherited_bytes + limits.memory_mb * _MEGABYTE
    bounds = {
        # Soft and hard alike: no SIGXCPU that could be ignored, the kernel kills.
        resource.RLIMIT_CPU: cpu_limit(limits, card=card),
        resource.RLIMIT_DATA if card else resource.RLIMIT_AS: memory,
        resource.RLIMIT_FSIZE: limits.disk_mb * _MEGABYTE,
        resource.RLIMIT_NOFILE: _OPEN_FILES,
        resource.RLIMIT_STACK: _STACK,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    if own_user:
        bounds[resource.RLIMIT_NPROC] = limits.processes
    for kind, value in bounds.items():
        _, hard = resource.getrlimit(kind)
        lower = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (lower, lower))
