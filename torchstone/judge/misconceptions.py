"""A wrong implementation with a name and a hint: one text, used as a mutant (tests) and as a diagnosis (feedback)."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, overload

from torchstone.errors import CourseFault
from torchstone.model import Cell, Hint, Program

Change = Callable[[str], str]


@dataclass(frozen=True)
class Misconception:
    """A mistake in one exercise, as a change of the solution's cell."""

    exercise: str
    change: Change
    hint: str  #: what a student reads: a question that leads on, never the answer
    name: str = ""  #: by default the name it was given in misconceptions.py, with spaces
    link: str | None = None  #: where to read on; by default the exercise's section in the notebook

    def program(self, solution: Program) -> Program:
        """The solution with this one mistake. Raises CourseFault if it has no such cell, or the edit misses."""
        if self.exercise not in {c.name for c in solution.cells}:
            raise CourseFault(f"misconception «{self.name}»: the solution has no cell called {self.exercise}")
        return replace(solution, cells=tuple(self._changed(c) for c in solution.cells))

    def _changed(self, cell: Cell) -> Cell:
        if cell.name != self.exercise:
            return cell
        try:
            return replace(cell, source=self.change(cell.source))
        except ValueError as e:
            raise CourseFault(f"misconception «{self.name}» of {self.exercise}: {e}") from None

    @property
    def advice(self) -> Hint:
        return Hint(self.name, self.hint, self.link or section(self.exercise))


def section(exercise: str) -> str:
    """The link to an exercise's section in the notebook, where an anchor of that name stands."""
    return f"#{exercise}"


def edit(*pairs: str) -> Change:
    """`edit(old, new, …)`: replace text in the solution's cell, pair after pair; each `old` must occur exactly once."""
    if not pairs or len(pairs) % 2:
        raise TypeError("edit(old, new, …) takes pairs of texts")

    def change(source: str) -> str:
        for old, new in zip(pairs[::2], pairs[1::2], strict=True):
            if source.count(old) != 1:
                raise ValueError(f"{old!r} occurs {source.count(old)} times in the solution's cell; it must occur once")
            source = source.replace(old, new)
        return source

    return change


@overload
def misconception(
    exercise: str, change: Change, hint: str, *, name: str = "", link: str | None = None
) -> Misconception: ...
@overload
def misconception(
    exercise: str, *, name: str = "", link: str | None = None
) -> Callable[[Callable[..., Any]], Misconception]: ...
def misconception(
    exercise: str, change: Change | None = None, hint: str = "", *, name: str = "", link: str | None = None
) -> Misconception | Callable[[Callable[..., Any]], Misconception]:
    """A mistake with a name and a hint, written in one of two ways.

    `stale_mask = misconception("mlp", edit(old, new), "hint")` edits the solution's cell. `@misconception("mlp")`
    over a function takes its docstring as the hint and its body as definitions that replace the solution's.
    """
    if change is not None:
        return Misconception(exercise, change, hint, name, link)

    def from_body(function: Callable[..., Any]) -> Misconception:
        text, docstring = _body(function)
        return Misconception(exercise, lambda source: f"{source}\n\n{text}\n", docstring, name, link)

    return from_body


def named(namespace: Mapping[str, object]) -> tuple[Misconception, ...]:
    """The misconceptions of a module, each under its own name. Raises CourseFault for a hint that is missing."""
    found = tuple(
        value if value.name else replace(value, name=key.replace("_", " "))
        for key, value in namespace.items()
        if isinstance(value, Misconception)
    )
    for m in found:
        if not m.hint:
            raise CourseFault(f"misconception «{m.name}» of {m.exercise} has no hint")
    return found


def _body(function: Callable[..., Any]) -> tuple[str, str]:
    """The source of a function's body without its docstring, and the docstring."""
    node = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(node, ast.FunctionDef)
    docstring = ast.get_docstring(node)
    if docstring is None:
        raise TypeError(f"@misconception {function.__name__} needs a docstring: the hint that a student reads")
    return ast.unparse(ast.Module(node.body[1:], [])), docstring
