"""Repairs that a student is told of: what kind each is, and which cell it is about. The words: `messages.repairs`."""

from __future__ import annotations

from collections.abc import Sequence

from torchstone.messages import repairs as told
from torchstone.messages.repairs import listed
from torchstone.model import Repair
from torchstone.notebook.magics import Escape

__all__ = ["listed"]


def copied(exercise: str, chosen: str, others: Sequence[str]) -> Repair:
    return Repair("duplicate", told.copied(exercise, chosen, others), exercise)


def untouched_copies(exercise: str, chosen: str, others: Sequence[str]) -> Repair:
    return Repair("duplicate", told.untouched_copies(exercise, chosen, others), exercise)


def split(exercise: str, parts: Sequence[str]) -> Repair:
    return Repair("split", told.split(exercise, parts), exercise)


def doubled(name: str, others: Sequence[str]) -> Repair:
    return Repair("duplicate", told.doubled(name, others), name)


def manual_copies(name: str, chosen: str) -> Repair:
    return Repair("duplicate", told.manual_copies(name, chosen), name)


def missing(exercises: Sequence[str], others: Sequence[str]) -> Repair:
    names = [*exercises, *others]
    return Repair("missing", told.missing(exercises, others), names[0] if len(names) == 1 else None)


def found_again(names: Sequence[str], labels: Sequence[str]) -> Repair:
    return Repair("metadata", told.found_again(names, labels), names[0] if len(names) == 1 else None)


def restored(name: str, label: str, *, also_run: bool) -> Repair:
    return Repair("restored", told.restored(name, label, also_run=also_run), label)


def retyped(name: str, label: str, kind: str) -> Repair:
    return Repair("type", told.retyped(name, label, kind), name)


def reordered() -> Repair:
    return Repair("reordered", told.reordered())


def foreign(labels: Sequence[str], ids: Sequence[str], *, run: bool) -> Repair:
    return Repair("foreign", told.foreign(labels, ids, run=run))


def shadowed(exercise: str, names: Sequence[str], label: str) -> Repair:
    return Repair("stub", told.shadowed(exercise, names, label), exercise)


def demonstration(label: str) -> Repair:
    return Repair("demonstration", told.demonstration(label), label)


def not_run(label: str, names: Sequence[str]) -> Repair:
    return Repair("exploration", told.not_run(label, names), label)


def left_out(label: str, escapes: Sequence[Escape]) -> Repair:
    return Repair("magic", told.left_out(label, [(e.line, e.text) for e in escapes]), label)


def whole_cell_left_out(label: str, escape: Escape) -> Repair:
    return Repair("magic", told.whole_cell_left_out(label, escape.text), label)


def unreadable(message: str) -> Repair:
    return Repair("unreadable", told.unreadable(message))
