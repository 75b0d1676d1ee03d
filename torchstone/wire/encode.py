"""A Python value as a JSON tree and raw tensor bytes. What is not data is refused by name; nothing is pickled.

The tree, node by node (`decode.py` reads it back):

| node | value |
|---|---|
| `null`, `true`, `1`, `2.5`, `"text"` | themselves; numbers finite, integers within 64 bits |
| `{"f": "nan"}` | a float that JSON cannot write: `nan`, `inf`, `-inf` |
| `{"c": [re, im]}` | a complex number |
| `{"o": "torch.float32"}` | a dtype or device, as text |
| `{"l": […]}`, `{"u": […]}`, `{"s": […]}` | a list, a tuple, a set |
| `{"d": [[key, value], …]}` | a dict |
| `{"r": [kind, [[field, value], …]]}` | a named tuple or dataclass |
| `{"t": [dtype, shape, device]}` | a tensor: its bytes follow in the body, in order |
| `{"t": [dtype, shape, device, strides]}` | a tensor in its memory layout: judge to jail only |
| `{"g": tensor}` | a generator, by its state: judge to jail only |
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable
from typing import Final

import numpy as np
import torch

from torchstone.errors import NotData
from torchstone.wire.limits import (
    DTYPES,
    MAX_BODY,
    MAX_DEPTH,
    MAX_HEADER,
    MAX_INT,
    MAX_NAME,
    MAX_NDIM,
    MAX_NODES,
    MAX_STRING,
    MAX_TENSORS,
    MAX_TUPLE_KEYS,
    MIN_INT,
)
from torchstone.wire.record import Record

_NAMES: Final = {dtype: name for name, dtype in DTYPES.items()}
_STRUCTSEQ_MARK: Final = (
    "n_sequence_fields"  # torch.return_types.max and its like: tuples with names, without `_fields`
)


class Encoder:
    """Walks one value. It stops at the first cap: a list of a million items is refused as fast as one of 100,001."""

    def __init__(self, *, layout: bool = False) -> None:
        #: Tensor bytes, in the order of the tree's `t` nodes.
        self.buffers: list[memoryview] = []
        self._layout = layout
        self._nodes = 0
        self._tensors = 0
        self._tuple_keys = 0
        self._characters = 0
        self._bytes = 0

    def encode(self, value: object, depth: int = 0) -> object:
        """The JSON tree of `value`. Raises NotData, naming what cannot cross."""
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise NotData(f"more than {MAX_NODES:,} items")
        if depth > MAX_DEPTH:
            raise NotData(f"containers nested more than {MAX_DEPTH} deep")
        if isinstance(value, torch.Tensor):
            return self._tensor(value)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int):
            return _integer(int.__index__(value))
        if isinstance(value, float):
            return _float(float.__float__(value))
        if isinstance(value, str):
            return self._text(str.__str__(value))
        if isinstance(value, tuple):
            names = getattr(value, "_fields", None)
            if names is not None and not isinstance(value, torch.Size):
                return self._record(type(value).__name__, zip(names, tuple.__iter__(value), strict=True), depth)
            return {"u": self._items(tuple.__iter__(value), depth)}
        if isinstance(value, list):
            return {"l": self._items(list.__iter__(value), depth)}
        if isinstance(value, dict):
            pairs = []
            for key, item in dict.items(value):
                pairs.append([self.encode(self._key(key), depth + 1), self.encode(item, depth + 1)])
            return {"d": pairs}
        return self._seldom(value, depth)

    def _seldom(self, value: object, depth: int) -> object:
        if isinstance(value, complex):
            return {"c": [_float(value.real), _float(value.imag)]}
        if isinstance(value, torch.dtype | torch.device):
            return {"o": str(value)}
        if isinstance(value, np.generic | np.ndarray):
            return self._numpy(value, depth)
        if isinstance(value, torch.Generator) and self._layout:
            return {"g": self._tensor(value.get_state())}
        if isinstance(value, Record):
            return self._record(value.kind, value.fields.items(), depth)
        if isinstance(value, set | frozenset):
            if len(value) > MAX_NODES:
                raise NotData(f"more than {MAX_NODES:,} items")
            return {"s": self._items(sorted((self._key(item) for item in value), key=repr), depth)}
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            pairs_of = ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value))
            return self._record(type(value).__name__, pairs_of, depth)
        raise NotData(_a(type(value).__name__))

    def _items(self, items: Iterable[object], depth: int) -> list[object]:
        return [self.encode(item, depth + 1) for item in items]

    def _record(self, kind: str, fields: Iterable[tuple[str, object]], depth: int) -> object:
        return {"r": [kind[:MAX_NAME], [[self._name(name), self.encode(item, depth + 1)] for name, item in fields]]}

    def _key(self, key: object) -> object:
        self._tuple_keys += isinstance(key, tuple)
        if self._tuple_keys > MAX_TUPLE_KEYS:
            raise NotData(f"more than {MAX_TUPLE_KEYS:,} tuples as keys or in sets")
        return _key(key)

    def _name(self, name: str) -> str:
        if len(name) > MAX_NAME:
            raise NotData(f"a field name of {len(name)} characters")
        return self._text(name)

    def _text(self, text: str) -> str:
        self._characters += len(text)
        if len(text) > MAX_STRING or self._characters > MAX_HEADER:
            raise NotData(f"text of {len(text):,} characters (at most {MAX_STRING:,})")
        if not text.isascii():
            try:
                text.encode()
            except UnicodeEncodeError:
                raise NotData("text that is not valid Unicode") from None
        return text

    def _numpy(self, value: np.generic | np.ndarray[tuple[int, ...], np.dtype[np.generic]], depth: int) -> object:
        if isinstance(value, np.generic):
            item = value.item()
            if isinstance(item, np.generic):  # longdouble gives itself back
                raise NotData(f"a numpy {value.dtype}")
            return self.encode(item, depth + 1)
        if value.nbytes > MAX_BODY:
            raise NotData(f"a numpy array of {value.nbytes:,} bytes (at most {MAX_BODY:,})")
        try:
            plain = torch.from_numpy(np.array(value, dtype=value.dtype.newbyteorder("="), order="C", subok=False))
        except (TypeError, ValueError):
            raise NotData(f"a numpy array of {str(value.dtype)[:MAX_NAME]}") from None
        return self._tensor(plain)

    def _tensor(self, tensor: torch.Tensor) -> object:
        self._tensors += 1
        if self._tensors > MAX_TENSORS:
            raise NotData(f"more than {MAX_TENSORS:,} tensors")
        plain, device = _plain(tensor)
        name = _NAMES.get(plain.dtype)
        if name is None:
            raise NotData(f"a tensor of {plain.dtype}")
        shape = list(plain.shape)
        if len(shape) > MAX_NDIM:
            raise NotData(f"a tensor of {len(shape)} dimensions (at most {MAX_NDIM})")
        size = plain.nbytes  # before anything is copied: an expanded tensor may claim any size
        self._bytes += size
        if self._bytes > MAX_BODY:
            raise NotData(f"tensors of {self._bytes:,} bytes (at most {MAX_BODY:,})")
        node: list[object] = [name, shape, device]
        if self._layout and not plain.is_contiguous() and _extent(plain) * plain.element_size() <= MAX_BODY:
            node.append(list(plain.stride()))
        if size:
            self.buffers.append(_entries(plain))
        return {"t": node}


def _entries(plain: torch.Tensor) -> memoryview:
    """The bytes of its entries, in order."""
    if plain.is_conj() or plain.is_neg():
        plain = plain.resolve_conj().resolve_neg()
    if plain.dtype is torch.bfloat16:  # numpy has none
        plain = plain.view(torch.int16)
    try:
        array = np.ascontiguousarray(plain.numpy())
    except RuntimeError as error:  # it has no memory that could be read: of a transform, or known to be zeros
        raise NotData(f"a tensor that cannot be read ({type(error).__name__})") from None
    return np.ndarray(array.nbytes, np.uint8, array).data


def _plain(tensor: torch.Tensor) -> tuple[torch.Tensor, str]:
    """A plain strided CPU tensor of the same values, and the name of the device it came from."""
    kind = type(tensor).__name__
    try:
        with torch._C.DisableTorchFunctionSubclass():  # a subclass must not answer for its own contents
            plain = torch.Tensor.detach(tensor)
            device = "cpu" if plain.is_cpu else plain.device.type
            if plain.layout is not torch.strided or plain.is_quantized or plain.is_nested or device == "meta":
                what = "quantized" if plain.is_quantized else "nested" if plain.is_nested else str(plain.layout)
                raise NotData(f"a {'meta' if device == 'meta' else what.removeprefix('torch.')} tensor")
            if device != "cpu":
                plain = plain.to("cpu")
            if type(plain) is not torch.Tensor:
                plain = plain.as_subclass(torch.Tensor)
            return plain, device
    except NotData:
        raise
    except Exception as error:  # a tensor that belongs to a transform that has ended, or lies about itself
        raise NotData(f"{_a(kind)} that cannot be read ({type(error).__name__})") from None


def _extent(tensor: torch.Tensor) -> int:
    """How many elements of memory the strides span."""
    return 1 + sum((size - 1) * stride for size, stride in zip(tensor.shape, tensor.stride(), strict=True) if size)


def _integer(value: int) -> int:
    if not MIN_INT <= value <= MAX_INT:
        raise NotData("an integer beyond 64 bits")
    return value


def _float(value: float) -> object:
    return value if math.isfinite(value) else {"f": repr(value)}


def _key(key: object) -> object:
    """A dict key or set member: hashable data that equals itself."""
    if isinstance(key, tuple):
        return tuple(_key(item) for item in tuple.__iter__(key))
    if isinstance(key, np.generic):
        key = key.item()
    if key is not None and not isinstance(key, str | int | float | bool):
        raise NotData(f"{_a(type(key).__name__)} as a key or in a set")
    if isinstance(key, float) and math.isnan(key):
        raise NotData("nan as a key or in a set")
    return key


def _a(name: str) -> str:
    name = name[:MAX_NAME]
    return f"an {name}" if name[:1].lower() in ("a", "e", "i", "o") else f"a {name}"
