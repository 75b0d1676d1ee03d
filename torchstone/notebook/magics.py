"""IPython's own syntax out of a cell, leaving every line where it was.

Magics (`%…`), shell lines (`!…`) and questions (`name?`) are not Python and have no meaning in the jail.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from torchstone.notebook.statements import statements

#: Cell magics that run the rest of the cell as it stands, in the notebook's own names.
_WRAPPERS: Final = frozenset({"time", "capture", "prun", "debug"})
#: Lines that change nothing about what code computes: left out without a word.
_HARMLESS: Final = re.compile(
    r"%\s*(?:matplotlib\b.*|config\s+InlineBackend\b.*|load_ext\s+(?:autoreload|tensorboard)|autoreload\b.*)$"
)
_TIMED: Final = re.compile(r"(\s*)%time\s+(\S.*)$")


@dataclass(frozen=True)
class Escape:
    """A line that was left out."""

    line: int  #: from 1, in the student's cell
    text: str


@dataclass(frozen=True)
class Plain:
    """A cell as Python alone: `source` has as many lines as the cell, or is None if none of it is Python."""

    source: str | None
    left_out: tuple[Escape, ...] = ()


def without_magics(source: str) -> Plain:
    """The cell without IPython's syntax; line numbers stay the student's own.

    A line inside a block becomes `pass`, since a block may need a statement; any other becomes empty, so that
    `from __future__ import …` may still come first. `%time x = f()` keeps its statement, and `%%time` its cell; a cell
    magic for another language or a file (`%%bash`, `%%writefile`) takes its whole cell along.
    """
    if not any(sign in source for sign in "%!?"):
        return Plain(source)
    lines = source.split("\n")
    left_out: list[Escape] = []
    start = next((i for i, line in enumerate(lines) if line.strip()), 0)
    magic = re.match(r"%%\s*(\w+)", lines[start])
    if magic:
        left_out.append(Escape(start + 1, lines[start]))
        if magic[1] not in _WRAPPERS:
            return Plain(None, tuple(left_out))
        lines[start] = ""
    for statement in statements("\n".join(lines)):
        if not statement.escape:
            continue
        text = lines[statement.first]
        if not _HARMLESS.match(text.strip()):
            left_out.append(Escape(statement.first + 1, text.strip()))
        lines[statement.first] = _instead(text)
        lines[statement.first + 1 : statement.last + 1] = [""] * (statement.last - statement.first)
    return Plain("\n".join(lines), tuple(left_out))


def _instead(text: str) -> str:
    timed = _TIMED.match(text)
    if timed and not text.endswith("\\"):
        return timed[1] + timed[2]
    indent = text[: len(text) - len(text.lstrip())]
    return indent + "pass" if indent else ""
