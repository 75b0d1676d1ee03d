"""A notebook, read for its author: its cells in order, what is prose in them, and what stands before and after what."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from torchstone.kit.literate.code import Code, read_code

WORD: Final = re.compile(r"[^\W\d_]{2,}")
_MATHS: Final = re.compile(r"\$\$.*?\$\$|\$[^$\n]+\$", re.DOTALL)
_FENCE: Final = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_TAG: Final = re.compile(r"<[^<>]*>|\]\([^)]*\)")
#: A line that is a label and no text: `**Method** (what is varied, what is kept, seeds)`.
_TEMPLATE: Final = re.compile(r"^\*\*[^*\n]+\*\*(?: \([^)\n]*\))?[ \t]*$", re.MULTILINE)


@dataclass(frozen=True)
class Cell:
    """One cell: its prose, or its code and where the author sees it."""

    source: str
    label: str = ""  #: «cell 7» for a code cell
    code: Code | None = None
    outputs: Sequence[Mapping[str, Any]] = field(default=())

    @cached_property
    def words(self) -> int:
        return 0 if self.code else len(WORD.findall(prose(self.source)))

    @property
    def pictures(self) -> list[Mapping[str, Any]]:
        data = (o for o in self.outputs if o.get("output_type") in ("display_data", "execute_result"))
        return [o for o in data if {"image/png", "image/jpeg"} & set(o.get("data", {}))]

    @property
    def is_figure(self) -> bool:
        return self.code is not None and (self.code.draws or bool(self.pictures))


class Story:
    """A notebook, read for its author."""

    def __init__(self, cells: Sequence[Mapping[str, Any]], before: int, report: int | None) -> None:
        found: list[Cell] = []
        number = before
        self.report: list[Cell] = []
        for place, cell in enumerate(cells):
            source = cell["source"]
            if cell["cell_type"] == "code":
                number += 1
                if source.strip():
                    found.append(Cell(source, f"cell {number}", read_code(source), cell.get("outputs") or ()))
            elif cell["cell_type"] == "markdown" and (text := _TEMPLATE.sub("", source)).strip():
                found.append(Cell(text))
                self.report += [found[-1]] if place == report else []
        self.cells = found
        self.code = [c for c in found if c.code is not None]
        self.text = "\n".join(c.source for c in found if c.code is None)
        self.prose = prose(self.text)
        self.figures = [c for c in found if c.is_figure]

    @property
    def opening(self) -> list[Cell]:
        """The text before the first code, and a report."""
        first = next((i for i, c in enumerate(self.cells) if c.code), len(self.cells))
        return _once([*self.cells[:first], *self.report])

    @property
    def early(self) -> str:
        """The text before the first figure, and a report."""
        first = next((i for i, c in enumerate(self.cells) if c.is_figure), len(self.cells))
        return "\n".join(c.source for c in _once([*self.cells[:first], *self.report]) if c.code is None)

    @property
    def conclusion(self) -> list[Cell]:
        """What follows the last figure, and a report; all of it where there is no figure."""
        rest = self.after(self.figures[-1]) if self.figures else self.cells
        return _once([*rest, *self.report])

    def before(self, cell: Cell) -> Cell | None:
        at = self.cells.index(cell)
        return self.cells[at - 1] if at else None

    def after(self, cell: Cell) -> list[Cell]:
        return self.cells[self.cells.index(cell) + 1 :]

    def lines(self) -> int:
        return sum(c.code.lines for c in self.code if c.code)


def _once(cells: Sequence[Cell]) -> list[Cell]:
    """The cells, each the first time that it comes."""
    return list({id(cell): cell for cell in cells}.values())


def prose(text: str) -> str:
    """Words without formulas, code, addresses and markup."""
    for pattern in (_FENCE, _MATHS, _TAG):
        text = pattern.sub(" ", text)
    return text
