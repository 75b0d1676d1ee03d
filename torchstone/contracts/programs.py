"""Programs that a week's graders are tried with: variations of its solution."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection
from dataclasses import replace
from typing import Final

from torchstone.model import Cell, Program

_REGION: Final = re.compile(r"^( *)### BEGIN SOLUTION\n.*?^ *### END SOLUTION$", re.DOTALL | re.MULTILINE)


def alone(solution: Program, exercise: str, exercises: Collection[str]) -> Program:
    """The solution of one exercise and of no other, with the cells that belong to none."""
    return replace(
        solution, cells=tuple(c for c in solution.cells if c.name == exercise or c.name not in set(exercises))
    )


def stub(solution: Program) -> Program:
    """The solution without its solution regions, as the release has it."""
    emptied = (replace(c, source=_REGION.sub(r"\1raise NotImplementedError()", c.source)) for c in solution.cells)
    return replace(solution, cells=tuple(emptied))


def with_cell(solution: Program, exercise: str, source: str) -> Program:
    """The solution with another text in one exercise's cell."""
    return replace(
        solution, cells=tuple(replace(c, source=source) if c.name == exercise else c for c in solution.cells)
    )


def cell_of(solution: Program, exercise: str) -> Cell | None:
    """An exercise's answer cell."""
    return next((c for c in solution.cells if c.name == exercise), None)


def alike(one: str, other: str) -> bool:
    """Are two cells one text but for names, comments and docstrings?"""
    return _shape(one) == _shape(other)


def _shape(source: str) -> str:
    tree = ast.parse(source)
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef) and ast.get_docstring(node):
            node.body = node.body[1:] or [ast.Pass()]
        for attribute in ("id", "arg", "name"):
            value = getattr(node, attribute, None)
            if isinstance(value, str):
                setattr(node, attribute, names.setdefault(value, f"n{len(names)}"))
    return ast.dump(tree)
