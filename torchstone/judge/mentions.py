"""Where a program's text uses names that an exercise forbids: evidence for staff, never a verdict.

The text is an attacker's, and this is not the jail: it is read once, in time and memory that grow as the text does.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from torchstone.compare import clean
from torchstone.model import Cell, Program, Where

#: Ways around a name: worth a look where a forbidden operation ran and no forbidden name was read.
_WAYS_AROUND: Final = ("torch.ops", "torch._C", "getattr", "importlib", "__import__", "eval", "exec")
_MOST: Final = 3
#: Dotted names of more parts or characters are none of torch's. Without these bounds a few thousand names that are made
#: of one long one would fill the memory.
_DEEPEST: Final = 16
_LONGEST: Final = 200


@dataclass(frozen=True)
class _Read:
    """A place that reads a name."""

    cell: Cell
    line: int
    full: str  #: `F.gelu` as torch.nn.functional.gelu

    @property
    def where(self) -> Where:
        return Where(self.cell.label, self.line, clean(self.cell.source.split("\n")[self.line - 1], 200))


def mentions(program: Program, exercise: str, forbidden: Sequence[str]) -> tuple[Where, ...]:
    """Where the exercise's own cells read a forbidden name, under whichever name it was imported; at most 3 places."""
    return _places(program, exercise, forbidden)


def ways_around(program: Program, exercise: str, forbidden: Sequence[str]) -> tuple[Where, ...]:
    """Places that may be how a forbidden operation was reached: forbidden names in any cell, or ways around them."""
    found = mentions(program, exercise, forbidden) or _places(program, exercise, _WAYS_AROUND)
    return found or _places(program, None, forbidden) or _places(program, None, _WAYS_AROUND)


def _places(program: Program, exercise: str | None, names: Sequence[str]) -> tuple[Where, ...]:
    found: dict[tuple[str, int], _Read] = {}  # one for each line
    for read in _names_read(program):
        own = exercise is None or read.cell.name == exercise or read.cell.name.startswith(f"{exercise}-")
        if own and _is_one_of(read.full, names):
            found.setdefault((read.cell.label, read.line), read)
            if len(found) == _MOST:
                break
    return tuple(read.where for read in found.values())


@functools.lru_cache(maxsize=1)  # every exercise of a program asks
def _names_read(program: Program) -> tuple[_Read, ...]:
    """Every dotted name that a program reads, and every builtin that is a way around one."""
    trees = [(cell, tree) for cell in program.cells if (tree := _parsed(cell)) is not None]
    known = {name: full for _, tree in trees for name, full in _imported(tree) if len(full) <= _LONGEST}
    for _, tree in trees:
        known |= dict(_renamed(tree, known))
    return tuple(
        _Read(cell, node.lineno, full)
        for cell, tree in trees
        for node, full in _read(tree, known)
        if "." in full or full in _WAYS_AROUND
    )


def _parsed(cell: Cell) -> ast.Module | None:
    try:
        return ast.parse(cell.source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """What a cell's imports call things, and what these are."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield (alias.asname, alias.name) if alias.asname else (alias.name.split(".")[0],) * 2
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level and len(node.module) <= _LONGEST:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _renamed(tree: ast.Module, known: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """`g = F.gelu` and the like."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Attribute):
            continue
        for target in node.targets:
            if isinstance(target, ast.Name) and (full := _full(node.value, known)):
                yield target.id, full


def _read(tree: ast.Module, known: Mapping[str, str]) -> Iterator[tuple[ast.Attribute | ast.Name, str]]:
    for node in ast.walk(tree):
        read = isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Load)
        if read and (full := _full(node, known)):  # type: ignore[arg-type]
            yield node, full  # type: ignore[misc]


def _full(node: ast.expr, known: Mapping[str, str]) -> str:
    """`F.gelu` as torch.nn.functional.gelu; empty for what is no dotted name, or too long for one of torch's.

    Of a longer chain its first parts are read by themselves: they are nodes too.
    """
    parts: list[str] = []
    while isinstance(node, ast.Attribute) and len(parts) < _DEEPEST:
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    full = ".".join([known.get(node.id, node.id), *reversed(parts)])
    return full if len(full) <= _LONGEST else ""


def _is_one_of(full: str, names: Sequence[str]) -> bool:
    for name in names:
        if name.endswith(".*"):
            if full.startswith(name[:-1]):
                return True
        elif full == name or full.startswith(f"{name}."):
            return True
    return False
