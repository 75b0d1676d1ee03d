"""What each page of an assignment was made from, and its bytes: so that a page which would be the same is not made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Self

from pydantic import TypeAdapter

import torchstone
from torchstone.collecting.files import write_private
from torchstone.judge.keys import file_digest, folder_digest, own_digest
from torchstone.model import StudentReport

_VERSION: Final = 1


@dataclass(frozen=True)
class Made:
    """One page: the digest of all it was made from, and that of its bytes."""

    source: str
    page: str


class MadePages:
    """The record of an assignment's pages, by name, in a file of the course's state. A lost record costs time only."""

    def __init__(self, path: Path, pages: Mapping[str, Made]) -> None:
        self._path, self._before, self._now = path, pages, dict(pages)

    @classmethod
    def load(cls, path: Path) -> Self:
        """The record at `path`; an empty one where there is none of this version."""
        try:
            content: Any = json.loads(path.read_bytes())
            known = content["version"] == _VERSION
            pages = {name: Made(*made) for name, made in content["pages"].items()} if known else {}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            pages = {}
        return cls(path, pages)

    def stands(self, name: str, source: str, page: Path) -> bool:
        """Whether the page at `page` is the one that was made from `source`, untouched since."""
        made = self._before.get(name)
        return made is not None and made.source == source and made.page == file_digest(page)

    def note(self, name: str, source: str, page: str) -> None:
        """That a page was made; `page` is the digest of its bytes."""
        self._now[name] = Made(source, page)

    def write(self) -> None:
        """Raises CourseError."""
        pages = {name: [made.source, made.page] for name, made in self._now.items()}
        write_private(self._path, json.dumps({"version": _VERSION, "pages": pages}).encode())


def source_of(report: StudentReport, *more: object) -> str:
    """The digest of all that a report's page is made from: the report, `more`, and the code and templates."""
    digest = hashlib.sha256(_adapter().dump_json(report))
    digest.update(json.dumps([*more, _renderer()]).encode())
    return digest.hexdigest()


@cache
def _renderer() -> str:
    """The code and templates that make pages."""
    return own_digest() + folder_digest(Path(torchstone.__file__).parent / "feedback")


@cache
def _adapter() -> TypeAdapter[StudentReport]:
    return TypeAdapter(StudentReport)
