"""What is kept of an answer until the diagnosis.

A program may fill a frame on every probe: all of that at once would fill the judge's memory, and stop the grading of
others.
"""

from __future__ import annotations

from typing import Any, Final

from torch import Tensor

from torchstone.wire import Record

#: A value is kept whole up to so many bytes, or so many times what the reference gave; of a larger one, how it looks.
_LEAST: Final = 1 << 16
_TIMES: Final = 4
_ITEM: Final = 64


def kept(value: Any, beside: Any) -> Any:
    """`value`, where it is not far larger than `beside`; else a sentence on its type and size, equal for equal ones."""
    size = weight(value)
    if size <= _LEAST or size <= _TIMES * weight(beside):
        return value
    looks = f"{value.dtype} of shape {tuple(value.shape)}" if isinstance(value, Tensor) else type(value).__name__
    return f"({looks}, {size} bytes: too large to be kept)"


def weight(value: Any) -> int:
    """Bytes that a value of the wire's types holds on to, roughly: a view holds all of its storage."""
    total, left = 0, [value]
    while left:
        item = left.pop()
        total += _ITEM
        if isinstance(item, Tensor):
            total += item.untyped_storage().nbytes()
        elif isinstance(item, str):
            total += len(item)
        elif isinstance(item, dict):
            left += [*item.keys(), *item.values()]
        elif isinstance(item, list | tuple | set | frozenset | Record):
            left += item
    return total


def without_frames(error: BaseException) -> None:
    """Let go of the frames that an exception and what led to it passed through: they hold what was compared."""
    left: BaseException | None = error
    while left is not None:
        left.__traceback__ = None
        left = left.__cause__ or left.__context__
