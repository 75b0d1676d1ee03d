"""What a student reads about a difference. Pure functions: the gap always, a reference value never."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

import torch
from torch import Tensor

from torchstone.wire import Record

#: A key of a dictionary is shown up to this length, and so many of them.
_KEY_LENGTH: Final = 30
_KEYS_SHOWN: Final = 12
_NAMES: Final = {
    bool: "True or False",
    int: "an integer",
    float: "a number",
    complex: "a complex number",
    str: "a string",
    list: "a list",
    tuple: "a tuple",
    dict: "a dictionary",
    set: "a set",
}


def clean(text: str, cap: int) -> str:
    """Text from a jail, made harmless: no control or invisible characters, at most `cap` long."""
    visible = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text[: 4 * cap])
    visible = " ".join(visible.split())
    return visible if len(visible) <= cap and len(text) <= 4 * cap else visible[: cap - 1] + "…"


def sizes(shape: Iterable[int]) -> str:
    """«7×5»; «a scalar» where there is no axis."""
    return "×".join(map(str, shape)) or "a scalar"


def dtype_name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def kind(value: object) -> str:
    """What sort of thing a value is, with an article. A type's own name is the student's text, so it is cleaned."""
    if isinstance(value, Tensor):
        return "a tensor" if value.layout is torch.strided else "a sparse tensor"
    if value is None:
        return "None"
    if isinstance(value, Record):
        return f"a record called {clean(value.kind, _KEY_LENGTH)}"
    if name := _NAMES.get(type(value)):
        return name
    return f"an object of type {clean(type(value).__name__, _KEY_LENGTH)}"


def unexpected_type(got: object, want: object) -> str:
    """«a list; expected a tensor of shape 7×2»."""
    expected = kind(want)
    if isinstance(want, Tensor):
        expected = f"a tensor of shape {sizes(want.shape)}" if want.dim() else "a tensor with one number"
    elif isinstance(want, list | tuple):
        expected = f"{kind(want)} of {len(want)}"
    elif isinstance(want, Record):
        expected = f"a tuple or dictionary with {_listed(want.fields)}"
    elif isinstance(want, dict) and _are_names(want):
        expected = f"a dictionary with {_listed(want)}"
    return f"{kind(got)}; expected {expected}"


def unexpected_keys(got: Sequence[object], want: Sequence[object]) -> str:
    """Which entries are too many or missing. Missing ones are named only where keys are names, not data."""
    extra = [k for k in got if k not in want]
    missing = [k for k in want if k not in got]
    parts = []
    if missing:
        parts.append(f"{_listed(missing)} missing" if _are_names(want) else f"{len(missing)} entries missing")
    if extra:
        parts.append(f"{_listed(extra)} unexpected")
    return "; ".join(parts)


def unexpected_length(got: int, want: int) -> str:
    return f"{got} {'item' if got == 1 else 'items'}; expected {want}"


def unexpected_shape(got: Sequence[int], want: Sequence[int]) -> str:
    """«shape 2×7; expected 7×2»."""
    note = ": transposed?" if len(got) == len(want) == 2 and tuple(got) == tuple(reversed(want)) != tuple(want) else ""
    return f"shape {sizes(got)}; expected {sizes(want)}{note}"


def unexpected_dtype(got: torch.dtype, want: torch.dtype) -> str:
    return f"{dtype_name(got)}; expected {dtype_name(want)}"


def unexpected_device(got: torch.device, want: torch.device) -> str:
    return f"a tensor on {got.type}; expected it on {want.type}"


def not_finite(wrong: int, total: int, invented: bool) -> str:
    """`invented`: entries are infinite or NaN that should be numbers; otherwise the other way round."""
    if total == 1:
        return "infinite or NaN; expected a finite number" if invented else "expected infinite or NaN"
    what = "are infinite or NaN" if invented else "should be infinite or NaN, or are so in another way"
    return f"{wrong} of {total} entries {what}"


def different_entries(
    wrong: int, total: int, index: Sequence[int], *, gap: float, scale: float, ratio: float | None
) -> str:
    """How many entries differ, the worst one at its index, and a constant factor if there is one.

    `gap` is the greatest distance from the truth, `scale` the largest entry of it.
    """
    size = f"off by {gap / scale:.2g} of the largest entry" if scale else "not zero, as it should be"
    tail = f"; {_factor(ratio)}" if ratio is not None else ""
    if total == 1:
        return f"the value is {size.replace('of the largest entry', 'of its size')}{tail}"
    return f"{wrong} of {total} entries differ; the worst, at {list(index)}, is {size}{tail}"


def different_items(wrong: int, total: int, index: Sequence[int]) -> str:
    """Entries without a distance: integers, truth values."""
    if total == 1:
        return "not the expected value"
    return f"{wrong} of {total} entries differ, the first at {list(index)}"


def different(want: object) -> str:
    """A value without a distance."""
    return f"not the expected {kind(want).split(' ', 1)[-1] if isinstance(want, str | int | set) else 'value'}"


def no_gradient(want: Tensor) -> str:
    return f"no gradient arrives (None); expected a tensor of shape {sizes(want.shape)}"


def at(path: str, message: str) -> str:
    """«gradient.W1: shape …»."""
    return f"{path}: {message}" if path else message


def _factor(ratio: float) -> str:
    if ratio == 0:
        return "every entry is zero"
    if abs(ratio + 1) < 1e-3:
        return "the sign is the other way round"
    return f"it is {ratio:.3g} times what it should be"


def _are_names(keys: Iterable[object]) -> bool:
    """Keys that name parts of a result (`W1`), as opposed to data of their own (words, numbers)."""
    keys = list(keys)
    return len(keys) <= _KEYS_SHOWN and all(
        isinstance(k, str) and k.isidentifier() and len(k) <= _KEY_LENGTH for k in keys
    )


def _listed(keys: Iterable[object]) -> str:
    keys = list(keys)
    shown = ", ".join(clean(str(k), _KEY_LENGTH) for k in keys[:_KEYS_SHOWN])
    return shown + (", …" if len(keys) > _KEYS_SHOWN else "")
