"""`torch.sim`: what `torch.cuda` is for CUDA, as far as there is something to say.

There is one device, always there. Draws come from the CPU's generator, so its state is the device's. Streams and
events do nothing but keep programs running: everything is done when a call returns. Memory is not counted.
"""

import contextlib
import time
from collections.abc import Iterator
from typing import Any, ClassVar

import torch

from .log import note_sync

DEVICE_NAME = "Simulated accelerator"


class Guard:
    """`with torch.sim.device(0):` there is no other device to switch to."""

    def __init__(self, device: Any = None) -> None: ...

    def __enter__(self) -> "Guard":
        return self

    def __exit__(self, *exception: object) -> None: ...


class Stream(Guard):
    """Everything is in order on the one stream there is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None: ...

    def synchronize(self) -> None: ...

    def wait_stream(self, stream: "Stream") -> None: ...

    def wait_event(self, event: "Event") -> None: ...

    def record_event(self, event: "Event | None" = None) -> "Event":
        event = event or Event()
        event.record(self)
        return event

    def query(self) -> bool:
        return True


class Event:
    """A moment, for timing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._moment = time.perf_counter()

    def record(self, stream: Stream | None = None) -> None:
        self._moment = time.perf_counter()

    def synchronize(self) -> None: ...

    def wait(self, stream: Stream | None = None) -> None: ...

    def query(self) -> bool:
        return True

    def elapsed_time(self, end: "Event") -> float:
        """Milliseconds from this event to `end`."""
        return (end._moment - self._moment) * 1e3


_Stream = Stream


class Backend:
    """The module object that torch hangs in as `torch.sim`; torch itself asks the underscored ones."""

    device = device_of = _DeviceGuard = Guard
    Stream: ClassVar = Stream
    Event: ClassVar = Event

    def is_initialized(self) -> bool:
        return True

    def is_available(self) -> bool:
        return True

    def _is_in_bad_fork(self) -> bool:
        return False

    def device_count(self) -> int:
        return 1

    def current_device(self) -> int:
        return 0

    def set_device(self, device: Any) -> None: ...

    def get_device_name(self, device: Any = None) -> str:
        return DEVICE_NAME

    def manual_seed(self, seed: int) -> None:
        """Nothing: `torch.manual_seed` seeds the CPU's generator, from which the device draws."""

    manual_seed_all = manual_seed

    def get_rng_state(self, device: Any = None) -> torch.Tensor:
        return torch.get_rng_state()

    def set_rng_state(self, state: torch.Tensor, device: Any = None) -> None:
        torch.set_rng_state(state)

    def get_rng_state_all(self) -> list[torch.Tensor]:
        return [torch.get_rng_state()]

    def set_rng_state_all(self, states: list[torch.Tensor]) -> None:
        torch.set_rng_state(states[0])

    def synchronize(self, device: Any = None) -> None:
        note_sync("synchronize")

    def stream(self, stream: "_Stream | None") -> contextlib.AbstractContextManager[None]:
        return _nothing_to_switch()

    def current_stream(self, device: Any = None) -> "_Stream":
        return Stream()

    def get_amp_supported_dtype(self) -> list[torch.dtype]:
        return [torch.float16, torch.bfloat16]

    def is_bf16_supported(self) -> bool:
        return True

    def empty_cache(self) -> None: ...

    def memory_allocated(self, device: Any = None) -> int:
        """Always 0: memory is not counted."""
        return 0

    max_memory_allocated = memory_reserved = memory_allocated


@contextlib.contextmanager
def _nothing_to_switch() -> Iterator[None]:
    yield
