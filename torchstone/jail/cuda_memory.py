"""How much of a card's memory a jailed process holds, seen from outside: NVIDIA's management library, by ctypes.

The address space of a process that uses CUDA cannot be limited (the driver reserves more than any machine has), and the
kernel does not count a card's memory. So somebody looks now and then.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Final

from torchstone.errors import JailUnavailable

_LIBRARY: Final = "libnvidia-ml.so.1"
_MORE: Final = 7  # NVML_ERROR_INSUFFICIENT_SIZE
_ROOM: Final = 64

#: Process number → bytes of the card's memory.
Reader = Callable[[], dict[int, int]]


class _Process(ctypes.Structure):
    """`nvmlProcessInfo_t` since version 2 of the call."""

    _fields_ = (
        ("pid", ctypes.c_uint),
        ("memory", ctypes.c_ulonglong),
        ("instance", ctypes.c_uint),
        ("compute", ctypes.c_uint),
    )


def reader(number: int) -> Reader:
    """Reads who holds how much of this card's memory. Raises JailUnavailable without the driver's library."""
    try:
        nvml = ctypes.CDLL(_LIBRARY)
    except OSError as error:
        raise JailUnavailable(f"the memory of a CUDA device cannot be watched: {error}") from error
    handle = ctypes.c_void_p()
    _ask(nvml.nvmlInit_v2())
    _ask(nvml.nvmlDeviceGetHandleByIndex_v2(number, ctypes.byref(handle)))

    def read() -> dict[int, int]:
        count, found = ctypes.c_uint(_ROOM), (_Process * _ROOM)()
        status = nvml.nvmlDeviceGetComputeRunningProcesses_v3(handle, ctypes.byref(count), found)
        if status != _MORE:  # more processes than there is room for: nothing is known at this look
            _ask(status)
        return {p.pid: p.memory for p in found[: count.value]} if status == 0 else {}

    return read


def _ask(status: int) -> None:
    if status:
        raise JailUnavailable(f"the memory of a CUDA device cannot be watched: NVML answers {status}")


def process_of(pidfd: int) -> int:
    """The number of the process behind a pidfd, in our own process namespace; 0 if it has ended."""
    with open(f"/proc/self/fdinfo/{pidfd}") as facts:
        number = next((int(line.split()[1]) for line in facts if line.startswith("Pid:")), 0)
    return max(number, 0)


class Watch:
    """Says when a process holds more of a card's memory than it may."""

    def __init__(self, pidfd: int, limit_mb: int, read: Reader) -> None:
        self._number, self._limit, self._read = process_of(pidfd), limit_mb << 20, read

    def exceeded(self) -> bool:
        """Whether it holds too much now. What a driver does not tell (another process namespace) is not too much."""
        return self._read().get(self._number, 0) > self._limit
