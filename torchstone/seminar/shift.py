"""Another year's dates in the text of course_config.py: everything else in it, comments too, stays as it is written."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from torchstone import config
from torchstone.config import FILE, Course, Settings
from torchstone.errors import CourseError

_YEAR: Final = re.compile(r"(19|20)\d\d")


@dataclass(frozen=True)
class _Edit:
    start: int
    end: int
    text: str


def shifted(text: str, days: int, new_id: str) -> str:
    """`text` with every `date(…)` and `datetime(…)` of the dictionary `course` moved by `days`, and with a new id.

    Raises CourseError if `course` is not written as a dictionary with an id.
    """
    edits = list(_edits(text, days, new_id))
    data = text.encode()  # the syntax tree counts bytes
    for edit in sorted(edits, key=lambda e: e.start, reverse=True):
        data = data[: edit.start] + edit.text.encode() + data[edit.end :]
    return data.decode()


def checked(course: Course, text: str, days: int, new_id: str) -> Settings:
    """What `text` configures, proved to be `course` with its dates moved by `days` and a new id, and nothing else.

    Raises CourseError where the text computes its dates in a way that could not be moved.
    """
    names: dict[str, Any] = {"__name__": "course_config", "__file__": str(course.root / FILE)}
    exec(compile(text, FILE, "exec"), names)  # the instructor's own file, as `config.load` runs it
    settings = config.parse(names["course"])
    by = timedelta(days=days)
    old = course.settings
    wanted = old.model_copy(
        update={
            "id": new_id,
            "topics": tuple(
                t.model_copy(update={"date": t.date + by, "due": None if t.due is None else t.due + by})
                for t in old.topics
            ),
        }
    )
    if settings != wanted:
        for before, after in zip(wanted.topics, settings.topics, strict=False):
            if before != after:
                raise CourseError(
                    f"{FILE}: the dates of week {before.week} are not written as date(2021, 9, 13) in `course`, so "
                    "they cannot be moved; write them so, then run this again. Nothing was changed."
                )
        raise CourseError(f"{FILE} cannot be rewritten for another term; write its dates out. Nothing was changed.")
    return settings


def next_id(old: str, first: date) -> str:
    """The id with the year of its first session: nndl-2021 → nndl-2022. Raises CourseError if it has no year."""
    if not _YEAR.search(old):
        raise CourseError(f"the id {old!r} holds no year; name the new one with --id")
    return _YEAR.sub(str(first.year), old)


def _edits(text: str, days: int, new_id: str) -> Iterator[_Edit]:
    lines = text.encode().splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))

    def edit(first: ast.expr, last: ast.expr, new: str) -> _Edit:
        assert last.end_lineno is not None
        assert last.end_col_offset is not None
        return _Edit(
            starts[first.lineno - 1] + first.col_offset, starts[last.end_lineno - 1] + last.end_col_offset, new
        )

    course = _dictionary(ast.parse(text))
    for key, value in zip(course.keys, course.values, strict=True):
        if isinstance(key, ast.Constant) and key.value == "id":
            yield edit(value, value, f'"{new_id}"')
    for node in ast.walk(course):
        if isinstance(node, ast.Call) and _name(node.func) in ("date", "datetime") and len(node.args) >= 3:
            numbers = [a.value for a in node.args[:3] if isinstance(a, ast.Constant) and isinstance(a.value, int)]
            if len(numbers) == 3:
                moved = date(*numbers) + timedelta(days=days)
                yield edit(node.args[0], node.args[2], f"{moved.year}, {moved.month}, {moved.day}")


def _dictionary(tree: ast.Module) -> ast.Dict:
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(t, ast.Name) and t.id == "course" for t in targets):
                return node.value
    raise CourseError(f"{FILE}: `course` is not written as a dictionary, so its dates cannot be moved")


def _name(function: ast.expr) -> str:
    return (
        function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""
    )
