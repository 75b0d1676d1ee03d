"""What can be done to bytes, and to the JSON in them. Pure functions of the mutations, which are data.

A mutation says where by numbers that are taken modulo what there is, so that any mutation fits any input.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

OfBytes = Literal["insert", "remove", "repeat", "flip", "graft", "cut"]
OfTree = Literal["replace", "copy", "delete", "repeat", "rename"]


@dataclass(frozen=True)
class ByteMutation:
    """One change of bytes at `at`: `length` bytes removed, or repeated `times`; `piece` inserted, or grafted on."""

    kind: OfBytes
    at: int
    length: int
    times: int
    piece: bytes


@dataclass(frozen=True)
class TreeMutation:
    """One change at the place number `at` of a tree: replaced by `value`, or by what is at `other`; renamed `key`."""

    kind: OfTree
    at: int
    other: int
    times: int
    value: Any
    key: str


def with_bytes_changed(given: bytes, mutations: Sequence[ByteMutation]) -> bytes:
    """All of them, one after the other."""
    for m in mutations:
        at = m.at % (len(given) + 1)
        before, after = given[:at], given[at:]
        if m.kind == "insert":
            given = before + m.piece + after
        elif m.kind == "remove":
            given = before + after[m.length :]
        elif m.kind == "repeat":
            given = before + after[: m.length] * m.times + after
        elif m.kind == "flip":
            given = before + bytes([after[0] ^ (1 << m.length % 8)]) + after[1:] if after else given
        elif m.kind == "graft":
            given = before + m.piece[m.length % (len(m.piece) + 1) :]
        else:
            given = before
    return given


def with_tree_changed(given: bytes, mutations: Sequence[TreeMutation]) -> bytes:
    """All of them on the JSON in `given`; the same bytes where there is none."""
    try:
        tree = json.loads(given)
        for m in mutations:
            _change(tree, m)
        return as_bytes(tree)
    except (ValueError, RecursionError):
        return given


def as_bytes(tree: Any) -> bytes:
    """JSON, in which half a character stays one."""
    return json.dumps(tree, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _change(tree: Any, m: TreeMutation) -> None:
    places = list(_places(tree))
    if not places:
        return
    holder, key = places[m.at % len(places)]
    if m.kind == "replace":
        holder[key] = copy.deepcopy(m.value)
    elif m.kind == "copy":
        other, where = places[m.other % len(places)]
        holder[key] = copy.deepcopy(other[where])
    elif m.kind == "delete":
        del holder[key]
    elif m.kind == "repeat" and isinstance(holder, list):
        holder[key:key] = [copy.deepcopy(holder[key]) for _ in range(m.times)]
    elif m.kind == "rename" and isinstance(holder, dict):
        holder[m.key] = holder.pop(key)


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    stack = [tree]
    while stack:
        node = stack.pop()
        keys: Any = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
        for key in keys:
            yield node, key
            if isinstance(node[key], dict | list):
                stack.append(node[key])
