"""What must never reach a student, and the search for it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

#: Shorter lines say too little: half of them stand in any program.
_LONG_ENOUGH: Final = 28
_BEGIN, _END = "BEGIN SOLUTION", "END SOLUTION"
#: Lines that grader and notebook share by nature.
_COMMON: Final = re.compile(r"^(from|import|@|#\s*%%|def \w+\(\w*\):|pytestmark\b)")
#: A word that is there to be searched for.
_CANARY: Final = re.compile(r"[\w-]*canary[\w-]*[:= \"']+[\w-]{8,}", re.IGNORECASE)


@dataclass(frozen=True)
class Leak:
    """A secret text found in something that students would get."""

    where: str
    origin: str  #: the file that the text is from
    line: str  #: the beginning of that text; for staff only

    def __str__(self) -> str:
        return f"{self.where} holds a line of {self.origin}: {self.line[:60]!r}"


def solution_lines(notebook: Mapping[str, Any]) -> frozenset[str]:
    """The lines between BEGIN SOLUTION and END SOLUTION, save those that the notebook also shows outside."""
    secret: set[str] = set()
    shown: set[str] = set()
    for cell in notebook["cells"]:
        inside = False
        for line in _source(cell).splitlines():
            if _BEGIN in line or _END in line:
                inside = _BEGIN in line
            else:
                (secret if inside else shown).add(line.strip())
    return frozenset(line for line in secret - shown if len(line) >= _LONG_ENOUGH)


def grader_lines(graders: Path, public: Mapping[str, Any]) -> dict[str, str]:
    """The telling lines of the files below `graders` (and their canaries) → the file; what `public` shows is no
    secret.
    """
    shown = "\n".join(_source(cell) for cell in public["cells"])
    found: dict[str, str] = {}
    for path in sorted(graders.rglob("*.py")):
        name = str(path.relative_to(graders.parent))
        text = path.read_text(encoding="utf-8")
        titles = set(re.findall(r'"""([^"\n]+)', text))  # docstrings are written for students
        for line in map(str.strip, text.splitlines()):
            telling = len(line) >= _LONG_ENOUGH and not _COMMON.match(line) and '"""' not in line and line not in titles
            if (telling and line not in shown) or _CANARY.search(line):
                found[line] = name
    return found


def search(texts: Mapping[str, str], secrets: Mapping[str, str]) -> tuple[Leak, ...]:
    """Every secret line that occurs in one of `texts` (name → text)."""
    return tuple(
        Leak(name, origin, line) for name, text in texts.items() for line, origin in secrets.items() if line in text
    )


def readable(path: Path, name: str) -> Iterator[tuple[str, str]]:
    """A file's text under `name`; for a notebook its cells' (JSON escapes hide lines), for a wheel that of its
    members.
    """
    if path.suffix in (".whl", ".zip"):
        with zipfile.ZipFile(path) as archive:
            for member in archive.namelist():
                yield f"{name}/{member}", archive.read(member).decode("utf-8", "replace")
        return
    data = path.read_bytes().decode("utf-8", "replace")
    yield name, data
    if path.suffix == ".ipynb":
        import json

        yield f"{name} (cells)", "\n".join(_source(cell) for cell in json.loads(data)["cells"])


def _source(cell: Mapping[str, Any]) -> str:
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)
