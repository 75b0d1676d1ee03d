"""A JSON tree and raw tensor bytes as a Python value. What the table in `encode.py` does not allow is refused."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Final, NoReturn

import numpy as np
import torch

from torchstone.errors import WireError
from torchstone.wire.limits import (
    DTYPES,
    MAX_BODY,
    MAX_DEPTH,
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

Place = Callable[[torch.Tensor], torch.Tensor]

_SPECIAL: Final = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
_DEVICE: Final = re.compile(r"[a-z][a-z0-9_]{0,19}")
_INT_DIGITS: Final = 20
_PLAIN: Final = frozenset({type(None), bool, int, float})
#: What numpy reads a tensor's bytes as. It has no bfloat16, and would believe a byte that is no bool.
_READ_AS: Final = {dtype: np.dtype(name) for name, dtype in DTYPES.items() if dtype is not torch.bfloat16} | {
    torch.bfloat16: np.dtype(np.int16),
    torch.bool: np.dtype(np.uint8),
}


def parse(header: bytes) -> object:
    """The header's JSON, each object as the pair of its tag and content: a tuple, which JSON has none of its own.

    Raises WireError on anything that is not the strict subset.
    """
    try:
        return _JSON.decode(header.decode())
    except WireError:
        raise
    except (ValueError, RecursionError) as error:
        raise WireError(f"the header is not JSON ({type(error).__name__})") from None


def _one_pair(pairs: list[tuple[str, object]]) -> tuple[str, object]:
    if len(pairs) != 1:
        raise WireError("a node needs exactly one tag")
    return pairs[0]


def _refuse(constant: str) -> NoReturn:
    raise WireError(f"the literal {constant}")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise WireError("a number beyond float64")
    return value


def _short(text: str) -> int:
    if len(text) > _INT_DIGITS or not MIN_INT <= (value := int(text)) <= MAX_INT:
        raise WireError("an integer beyond 64 bits")
    return value


_JSON: Final = json.JSONDecoder(
    object_pairs_hook=_one_pair, parse_constant=_refuse, parse_float=_finite, parse_int=_short
)


def _unplaced(tensor: torch.Tensor) -> torch.Tensor:
    return tensor


class Decoder:
    """Reads one frame's tree.

    `trusted_sender` also allows strides and generators; `place` is applied to each tensor that arrives.
    """

    def __init__(self, body: bytearray, *, trusted_sender: bool = False, place: Place | None = None) -> None:
        #: Device names that came with the tensors: the sender's word, nothing more.
        self.devices: set[str] = set()
        self._body = body
        self._at = 0
        self._nodes = 0
        self._tensors = 0
        self._tuple_keys = 0
        self._trusted = trusted_sender
        self._place = place or _unplaced

    def decode(self, tree: object) -> object:
        """The value of the whole frame. Raises WireError on a bad node, a cap, or bytes left over."""
        value = self._value(tree, 0)
        if self._at != len(self._body):
            raise WireError("bytes left over behind the last tensor")
        return value

    def _value(self, node: object, depth: int) -> object:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise WireError("too many items")
        if depth > MAX_DEPTH:
            raise WireError("nested too deeply")
        if type(node) in _PLAIN:
            return node
        if isinstance(node, str):
            return _text(node, MAX_STRING)
        if not isinstance(node, tuple):
            raise WireError("a list without a tag")
        tag, content = node
        if tag == "t":
            return self._place(self._tensor(content))
        if tag in ("l", "u"):
            items = [self._value(item, depth + 1) for item in _list(content)]
            return items if tag == "l" else tuple(items)
        if tag == "d":
            return self._dict(_list(content), depth)
        if tag == "s":
            return self._set(_list(content), depth)
        if tag == "r":
            return self._record(content, depth)
        return self._scalar(tag, content)

    def _scalar(self, tag: str, content: object) -> object:
        if tag == "f" and isinstance(content, str) and content in _SPECIAL:
            return _SPECIAL[content]
        if tag == "c" and isinstance(content, list) and len(content) == 2:
            return complex(self._part(content[0]), self._part(content[1]))
        if tag == "o":
            return _text(content, MAX_NAME)
        if tag == "g" and self._trusted and isinstance(content, tuple) and content[0] == "t":
            generator = torch.Generator()
            try:
                generator.set_state(self._tensor(content[1]))
            except (RuntimeError, TypeError) as error:
                raise WireError("a generator's state that does not fit") from error
            return generator
        raise WireError("an unknown node")

    def _part(self, node: object) -> float:
        value = self._value(node, MAX_DEPTH)
        if type(value) is not float:
            raise WireError("a complex number of two floats was expected")
        return value

    def _dict(self, pairs: list[object], depth: int) -> dict[object, object]:
        result: dict[object, object] = {}
        for pair in pairs:
            key, item = _pair(pair)
            name = self._key(key, depth + 1)
            if name in result:
                raise WireError("a key that comes twice")
            result[name] = self._value(item, depth + 1)
        return result

    def _set(self, items: list[object], depth: int) -> set[object]:
        result = {self._key(item, depth + 1) for item in items}
        if len(result) != len(items):
            raise WireError("a set member that comes twice")
        return result

    def _key(self, node: object, depth: int) -> object:
        value = self._value(node, depth)
        self._tuple_keys += isinstance(value, tuple)
        if self._tuple_keys > MAX_TUPLE_KEYS:
            raise WireError("too many tuples as keys")
        return _hashable(value)

    def _record(self, content: object, depth: int) -> Record:
        kind, fields = _pair(content)
        result: dict[str, object] = {}
        for field in _list(fields):
            name, item = _pair(field)
            label = _text(name, MAX_NAME)
            if label in result:
                raise WireError("a field that comes twice")
            result[label] = self._value(item, depth + 1)
        return Record(_text(kind, MAX_NAME), result)

    def _tensor(self, content: object) -> torch.Tensor:
        self._tensors += 1
        if self._tensors > MAX_TENSORS:
            raise WireError("too many tensors")
        parts = _list(content)
        if len(parts) not in ((3, 4) if self._trusted else (3,)):
            raise WireError("a tensor of dtype, shape and device was expected")
        dtype = DTYPES.get(_text(parts[0], MAX_NAME))
        shape = _sizes(parts[1])
        device = _text(parts[2], MAX_NAME)
        if dtype is None or not (device in self.devices or _DEVICE.fullmatch(device)):
            raise WireError("a dtype or device that is not allowed")
        self.devices.add(device)
        size = math.prod(shape) * dtype.itemsize
        if size > len(self._body) - self._at:
            raise WireError("a tensor longer than the body")
        at, self._at = self._at, self._at + size
        try:
            if not size:
                return torch.empty(shape, dtype=dtype)
            there = self._there(dtype, shape, size, at)
            # What is given has memory of its own, aligned as torch does it, and does not keep the frame alive.
            return there.clone() if len(parts) == 3 else _laid_out(there, _sizes(parts[3]))
        except RuntimeError as error:
            raise WireError("a tensor that cannot be built") from error

    def _there(self, dtype: torch.dtype, shape: tuple[int, ...], size: int, at: int) -> torch.Tensor:
        """The tensor whose bytes lie at `at`, in their place; a byte that is no bool becomes one."""
        body = self._body
        if at % dtype.itemsize:  # not aligned: elsewhere
            body, at = body[at : at + size], 0
        there = torch.from_numpy(np.ndarray(shape, _READ_AS[dtype], body, at))
        if dtype is torch.bool:
            return there.ne(0)
        return there.view(dtype) if dtype is torch.bfloat16 else there


def _laid_out(tensor: torch.Tensor, strides: tuple[int, ...]) -> torch.Tensor:
    """The same values under these strides (a stride of 0 is an expanded dimension)."""
    if len(strides) != tensor.dim():
        raise WireError("as many strides as dimensions were expected")
    extent = 1 + sum((size - 1) * stride for size, stride in zip(tensor.shape, strides, strict=True))
    if extent * tensor.element_size() > MAX_BODY:
        raise WireError("strides beyond the cap")
    source = tensor
    if 0 in strides:
        source = tensor[tuple(slice(0, 1) if stride == 0 else slice(None) for stride in strides)]
    try:
        return torch.empty_strided(source.shape, strides, dtype=tensor.dtype).copy_(source).expand(tensor.shape)
    except RuntimeError:  # elements that share memory otherwise (unfold): the values matter more than the layout
        return tensor.clone()


def _list(node: object) -> list[object]:
    if type(node) is not list:
        raise WireError("a list was expected")
    return node


def _pair(node: object) -> tuple[object, object]:
    if type(node) is not list or len(node) != 2:
        raise WireError("a pair was expected")
    return node[0], node[1]


def _text(node: object, limit: int) -> str:
    if type(node) is not str or len(node) > limit:
        raise WireError("text of bounded length was expected")
    if not node.isascii():
        try:
            node.encode()
        except UnicodeEncodeError:
            raise WireError("text that is not valid Unicode") from None
    return node


def _hashable(value: object) -> object:
    if isinstance(value, tuple):
        for item in value:
            _hashable(item)
        return value
    if value is not None and not isinstance(value, str | int | float):
        raise WireError("a key that cannot be one")
    if isinstance(value, float) and math.isnan(value):
        raise WireError("nan as a key")
    return value


def _sizes(node: object) -> tuple[int, ...]:
    sizes = _list(node)
    if len(sizes) > MAX_NDIM:
        raise WireError("a shape that is not allowed")
    for size in sizes:
        if type(size) is not int or not 0 <= size <= MAX_BODY:
            raise WireError("a shape that is not allowed")
    return tuple(sizes)  # type: ignore[arg-type]
