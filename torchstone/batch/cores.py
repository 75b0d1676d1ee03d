"""How many processes can be at work at once here: the cores of this process, within what its control group allows."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def cores(proc: Path = Path("/proc/self/cgroup"), groups: Path = Path("/sys/fs/cgroup")) -> int:
    """At least 1. A container that was given 1.5 cores of 64 counts as 2."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min([allowed, *(math.ceil(quota) for quota in _quotas(proc, groups))]))


def _quotas(proc: Path, groups: Path) -> Iterator[float]:
    """What the control groups around this process allow, in cores (version 2: cpu.max; version 1: cfs_quota)."""
    try:
        own = [line.split(":", 2) for line in proc.read_text().splitlines()]
    except OSError:
        return
    for _, kinds, name in (parts for parts in own if len(parts) == 3):
        root = groups / kinds if kinds else groups
        inside = root / name.lstrip("/")
        for folder in (inside, *inside.parents):
            if not folder.is_relative_to(root):
                break
            with suppress(OSError, ValueError):
                quota, period = (folder / "cpu.max").read_text().split()
                yield int(quota) / int(period)
            with suppress(OSError, ValueError):
                quota, period = ((folder / f"cpu.cfs_{kind}_us").read_text() for kind in ("quota", "period"))
                if int(quota) > 0:
                    yield int(quota) / int(period)
