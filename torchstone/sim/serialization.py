"""`torch.save` and `torch.load` with tensors of the device.

They are pickled as CUDA's are: a storage tagged `sim:0`. `map_location` works in both directions.
"""

from typing import Any

import torch
from torch import Tensor

from . import private
from .device import DEVICE
from .tensor import has_mark, mark_storage, wrap

#: Torch asks the taggers in this order, the CPU's has 10 and takes everything.
_BEFORE_CPU = 5


def register() -> None:
    """Teach torch to tag and to place storages of the device; once, at installation."""
    torch.serialization.register_package(_BEFORE_CPU, _tag, _place)
    private.rebuild_with(_rebuild)


def _tag(storage: Any) -> str | None:
    return f"{DEVICE.name}:0" if has_mark(storage) else None


def _place(storage: Any, location: str) -> Any:
    if location.split(":", maxsplit=1)[0] not in DEVICE.types:
        return None
    mark_storage(storage)
    return storage


def _rebuild(storage: Any, offset: int, size: Any, stride: Any) -> Tensor | None:
    memory = private.untyped(storage)
    if not has_mark(memory):
        return None
    return wrap(torch.empty(0, dtype=storage.dtype, device="cpu").set_(memory, offset, size, stride))
