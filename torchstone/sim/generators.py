"""Random generators of the device.

A generator of the device is a CPU generator that says it is on the device, and draws on the device come from the
CPU's streams: a seed gives the same numbers on both, so that a right answer stays the right answer.
"""

from typing import Any, Final
from weakref import WeakValueDictionary

import torch

from .device import DEVICE
from .private import RawGenerator, generator_key


class SimGenerator(torch.Generator):
    """A CPU generator that answers to the device's name."""

    @property
    def device(self) -> torch.device:  # type: ignore[override]
        return DEVICE.shown


#: The device's generators by their C++ identity: operators are given another Python object for the same generator.
_ours: Final[WeakValueDictionary[int, SimGenerator]] = WeakValueDictionary()


def is_of_device(generator: torch.Generator) -> bool:
    """Whether a generator, or the one behind this Python object, was made for the device."""
    return generator_key(generator) in _ours


def _make() -> SimGenerator:
    generator = SimGenerator()
    _ours[generator_key(generator)] = generator
    return generator


class _GeneratorMeta(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, RawGenerator)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, RawGenerator)

    def __call__(cls, device: Any = "cpu") -> torch.Generator:
        wanted = torch.device(device)
        return _make() if wanted.type in DEVICE.types else RawGenerator(device=wanted)


class Generator(metaclass=_GeneratorMeta):
    """Stands in for `torch.Generator`: makes the device's generators too, and recognises every generator as its own."""
