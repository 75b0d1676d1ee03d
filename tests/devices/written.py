"""What was written blind in `faults/`: entries, and the programs they stand for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

from torchstone.judge.week import script_cells
from torchstone.model import Cell, Program

FOLDER: Final = Path(__file__).with_name("faults")

_ENTRY: Final = re.compile(r"^# === (?P<what>fault|right)(?: (?P<kind>[a-z]+))?: (?P<title>.+)$", re.MULTILINE)
_MARK: Final = "# fault"


@dataclass(frozen=True)
class Entry:
    """One answer: the definitions in which it differs from the released solution, by answer cell."""

    week: str
    exercise: str
    what: Literal["fault", "right"]
    kind: str  #: of a fault: see faults/README.md
    title: str
    cells: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.week}-{self.exercise}-{self.what}-{re.sub(r'[^a-zA-Z0-9]+', '-', self.title).strip('-')}"

    def program(self, solution: Program) -> Program:
        """The whole submission. Raises KeyError if an answer cell is named that the notebook does not have."""
        own = {cell.name for cell in solution.cells}
        for name in self.cells.keys() - own:
            raise KeyError(f"{self}: the notebook has no cell {name}")
        changed = (
            replace(cell, source=merged(cell.source, self.cells[cell.name])) if cell.name in self.cells else cell
            for cell in solution.cells
        )
        return replace(solution, cells=tuple(changed))

    def marked(self, solution: Program) -> tuple[Cell, int]:
        """The cell and the line, from 1, that a verdict must name."""
        ((cell, line),) = (
            (cell, number)
            for cell in self.program(solution).cells
            for number, text in enumerate(cell.source.splitlines(), start=1)
            if text.endswith(_MARK)
        )
        return cell, line


def merged(solution: str, written: str) -> str:
    """An answer cell in which what was written replaces the definitions of the same name; imports come first."""
    lines = solution.splitlines()
    theirs = {node.name for node in ast.parse(written).body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    imports, kept = [], []
    for node in ast.parse(solution).body:
        text = "\n".join(lines[_first_line(node) - 1 : node.end_lineno])
        if isinstance(node, ast.Import | ast.ImportFrom):
            imports.append(text)
        elif getattr(node, "name", None) not in theirs:
            kept.append(text)
    return "\n\n\n".join(filter(None, ["\n".join(imports), written.strip("\n"), *kept])) + "\n"


def _first_line(node: ast.stmt) -> int:
    decorated: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(d.lineno for d in decorated)])


def entries() -> Iterator[Entry]:
    """All of them, week by week."""
    for path in sorted(FOLDER.glob("week*/*.py")):
        text = path.read_text()
        heads = list(_ENTRY.finditer(text))
        ends = [head.start() for head in heads[1:]] + [len(text)]
        for head, end in zip(heads, ends, strict=True):
            cells = {c.name: c.source for c in script_cells(text[head.end() : end])}
            if "script" in cells:
                cells[path.stem] = cells.pop("script")
            yield Entry(
                path.parent.name,
                path.stem,
                head["what"],
                head["kind"] or "",
                head["title"],
                cells,  # type: ignore[arg-type]
            )
