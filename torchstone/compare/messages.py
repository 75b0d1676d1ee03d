"""Values in words, for `torchstone.messages.comparison`: what sort of thing they are, and their names."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

import torch
from torch import Tensor

from torchstone.messages import comparison
from torchstone.messages.comparison import sizes
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
    return comparison.unexpected_type(kind(got), expected)


def unexpected_keys(got: Sequence[object], want: Sequence[object]) -> str:
    """Which entries are too many or missing. Missing ones are named only where keys are names, not data."""
    extra = [k for k in got if k not in want]
    missing = [k for k in want if k not in got]
    named = _listed(missing) if _are_names(want) else f"{len(missing)} entries"
    return comparison.unexpected_keys(named if missing else "", _listed(extra) if extra else "")


def unexpected_dtype(got: torch.dtype, want: torch.dtype) -> str:
    return comparison.unexpected_dtype(dtype_name(got), dtype_name(want))


def different(want: object) -> str:
    """A value without a distance."""
    return comparison.different(kind(want).split(" ", 1)[-1] if isinstance(want, str | int | set) else "value")


def _are_names(keys: Iterable[object]) -> bool:
    """Keys that name parts of a result (`W1`), as opposed to data of their own (words, numbers)."""
    keys = list(keys)
    return len(keys) <= _KEYS_SHOWN and all(
        isinstance(k, str) and k.isidentifier() and len(k) <= _KEY_LENGTH for k in keys
    )


def _listed(keys: Iterable[object]) -> str:
    keys = list(keys)
    shown = ", ".join(clean(str(k), _KEY_LENGTH) or "''" for k in keys[:_KEYS_SHOWN])
    return shown + (", …" if len(keys) > _KEYS_SHOWN else "")
