"""What a named tuple or a dataclass is after its journey."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Record:
    """A named tuple or dataclass that crossed the wire: its fields, and the name of its type as a label.

    `kind` comes from the sender and is text to show, never something to look up. Fields are read by name, by position
    and by iteration, as those of a named tuple are.
    """

    kind: str
    fields: dict[str, object]

    def __getattr__(self, name: str) -> object:
        # Only called for names that are neither slots nor methods; the guard keeps copy and inspection from recursing.
        if not name.startswith("__") and name in self.fields:
            return self.fields[name]
        raise AttributeError(name)

    def __getitem__(self, index: int) -> object:
        return tuple(self.fields.values())[index]

    def __iter__(self) -> Iterator[object]:
        return iter(self.fields.values())

    def __len__(self) -> int:
        return len(self.fields)
