"""An attack is a file: what it tries, in words, and the text that a student would hand in.

The docstring's last lines say `goal: …`, and where it differs `honest: …`, `waits: …`, `control: …`; `landlock: …` says
why that tier cannot hold it (its score is honest there all the same; see SECURITY.md). The text sees the names of
`World.aims`, and wrong answers to all of the exercise: an attack that gives no right ones earns nothing.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

CORPUS: Final = Path(__file__).parent.parent / "corpus"

#: What an attack can be after, and when it has it (`Observation.success`).
GOALS: Final = ("score", "leak", "harm", "power")

_FIELD: Final = re.compile(r"^(goal|honest|waits|control|landlock): *(.+)$", re.MULTILINE)
_SECOND: Final = "# %% second submission\n"


@dataclass(frozen=True)
class Attack:
    """One submission that attacks, and what is expected of it."""

    name: str  #: family/file
    tries: str  #: in one sentence
    goal: str
    text: str  #: what is handed in
    honest: float = 0.0  #: the score of what it really answers
    waits: float = 0.0  #: seconds until what it left behind shows
    control: str = "in-process"  #: the unprotected grader that it succeeds against
    landlock: str = ""  #: why the landlock tier cannot hold it; empty if it does
    second: str | None = None  #: what is handed in by an accomplice and graded next; None: the solution

    def __str__(self) -> str:
        return self.name


def programs() -> list[Attack]:
    """Every attack that is a program, by name."""
    found = [_read(path) for path in sorted(CORPUS.glob("*/*.py"))]
    return [attack for attack in found if attack is not None]


def _read(path: Path) -> Attack | None:
    text = path.read_text()
    told = ast.get_docstring(ast.parse(text)) or ""
    fields = dict(_FIELD.findall(told))
    if "goal" not in fields:
        return None
    assert fields["goal"] in GOALS, f"{path}: goal {fields['goal']!r} is none of {GOALS}"
    first, _, second = text.partition(_SECOND)
    return Attack(
        name=f"{path.parent.name}/{path.stem}",
        tries=told.splitlines()[0],
        goal=fields["goal"],
        text=first,
        honest=float(fields.get("honest", 0)),
        waits=float(fields.get("waits", 0)),
        control=fields.get("control", "in-process"),
        landlock=fields.get("landlock", ""),
        second=second or None,
    )
