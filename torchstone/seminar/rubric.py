"""Rubrics: what people score by. One YAML file for each kind of work, in the course's `rubrics/`.

Students read titles and explanations, graders their notes. Items of an `exclusive` group are choices: at most one of
them is given, with all its points.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Any, Final, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from torchstone.config import Course
from torchstone.errors import CourseError
from torchstone.seminar.ledger import Kind

#: Column names of a sheet, which no item may take.
RESERVED: Final = frozenset({"student", "topic", "week", "points", "comment", "bank"})

_Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
_Text = Annotated[str, Field(min_length=1)]
_Points = Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Item(_Strict):
    """One line of a rubric."""

    id: _Id
    points: _Points  #: the most it gives; of an exclusive item, all it gives
    title: _Text
    student_explanation: _Text
    grader_note: str = ""
    group: str = ""
    exclusive: bool = False  #: at most one of its group


class BankComment(_Strict):
    """A comment that graders use again and again."""

    id: _Id
    text: _Text


class Rubric(_Strict):
    """What one kind of work is scored by."""

    kind: Kind
    title: _Text
    points: _Points
    tolerance: Annotated[float, Field(ge=0)] = 0.0  #: graders who are further apart are flagged
    items: Annotated[tuple[Item, ...], Field(min_length=1, strict=False)]
    comments: Annotated[tuple[BankComment, ...], Field(strict=False)] = ()

    @property
    def fingerprint(self) -> str:
        """Changes with anything that a score depends on; texts may be improved."""
        facts = [(i.id, i.points, i.group, i.exclusive) for i in self.items]
        return hashlib.sha256(repr((self.kind, self.points, facts)).encode()).hexdigest()[:12]

    @property
    def choices(self) -> dict[str, tuple[Item, ...]]:
        """The exclusive items, by group."""
        groups = dict.fromkeys(i.group for i in self.items if i.exclusive)
        return {group: tuple(i for i in self.items if i.exclusive and i.group == group) for group in groups}

    def item(self, name: str) -> Item:
        """The item of this id. Raises CourseError, which names those there are."""
        found = next((i for i in self.items if i.id == name), None)
        if found is None:
            raise CourseError(f"the {self.kind} rubric has no item {name!r}; it has {_names(self.items)}")
        return found

    def comment(self, name: str) -> str:
        """The text of a comment of the bank. Raises CourseError, which names those there are."""
        found = next((c.text for c in self.comments if c.id == name), None)
        if found is None:
            known = _names(self.comments) or "none"
            raise CourseError(f"the {self.kind} rubric has no comment {name!r} in its bank; it has {known}")
        return found

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        faults = [*_twice("item", self.items), *_twice("comment", self.comments)]
        faults += [f"item {i.id!r}, id: a sheet has a column of that name" for i in self.items if i.id in RESERVED]
        for item in self.items:
            if item.exclusive and not item.group:
                faults.append(f"item {item.id!r}, group: missing, and an exclusive item needs the group it is one of")
            if not item.exclusive and item.group and item.group in self.choices:
                faults.append(f"item {item.id!r}, exclusive: all items of group {item.group!r} must agree on it")
        total = math.fsum(i.points for i in self.items if not i.exclusive)
        total += math.fsum(max(i.points for i in group) for group in self.choices.values())
        if not faults and abs(total - self.points) > 1e-9:
            faults.append(f"points: {self.points:g}, but the items give {total:g} at most (of a choice, the largest)")
        if faults:
            raise ValueError("\n".join(faults))
        return self


def load_rubric(course: Course, kind: Kind) -> Rubric:
    """The rubric of one kind of work: `rubrics/<kind>.yaml`.

    Raises CourseError with one line for each fault: file, item, key, and what is allowed.
    """
    path = course.rubrics / f"{kind}.yaml"
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise CourseError(f"{path} is missing; it says what a {kind} is scored by") from None
    except (OSError, UnicodeDecodeError) as e:
        raise CourseError(f"{path} cannot be read: {e}") from None
    rubric = parse(text, str(path))
    if rubric.kind != kind:
        raise CourseError(f"{path}, kind: {rubric.kind!r}, but the file's name says {kind!r}")
    return rubric


def parse(text: str, name: str = "the rubric") -> Rubric:
    """A rubric from YAML; `name` is how messages call the file. Raises CourseError."""
    try:
        data = yaml.load(text, _Loader)
    except yaml.YAMLError as e:
        mark = getattr(e, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark is not None else ""
        raise CourseError(f"{name}{where}: {getattr(e, 'problem', None) or e}") from None
    try:
        return Rubric.model_validate(data)
    except ValidationError as e:
        raise CourseError(
            "\n".join(f"{name}, {line}" for fault in e.errors() for line in _lines(fault, data))
        ) from None


class _Loader(yaml.SafeLoader):
    """YAML without code, which refuses a key that is there twice."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, str) and key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key!r} is there twice", key_node.start_mark)
            seen.add(str(key))
        return super().construct_mapping(node, deep)


def _names(things: tuple[Item, ...] | tuple[BankComment, ...]) -> str:
    return ", ".join(thing.id for thing in things)


def _twice(what: str, things: tuple[Item, ...] | tuple[BankComment, ...]) -> list[str]:
    return [f"{what} {name!r}, id: there twice" for name, n in Counter(t.id for t in things).items() if n > 1]


def _lines(fault: Any, data: Any) -> Iterator[str]:
    """One fault as «item 'seeds', points: 'two'; allowed: a valid number»."""
    if fault["type"] == "value_error":
        yield from str(fault["ctx"]["error"]).splitlines()
        return
    where: list[str] = []
    here = data
    for part in fault["loc"]:
        if isinstance(part, int):
            here = here[part] if isinstance(here, list) and part < len(here) else None
            name = here.get("id") if isinstance(here, dict) else None
            where[-1] = f"{where[-1].removesuffix('s')} {name!r}" if name else f"{where[-1]}, entry {part + 1}"
        else:
            here = here.get(part) if isinstance(here, dict) else None
            where.append(str(part))
    key = ", ".join(where) or "the file"
    if fault["type"] == "missing":
        yield f"{key}: missing"
    elif fault["type"] == "extra_forbidden":
        yield f"{key}: not a key of a rubric; was it misspelt?"
    else:
        shown = repr(fault["input"])
        shown = shown if len(shown) <= 60 else f"{shown[:59]}…"
        yield f"{key}: {shown}; allowed: {fault['msg'].removeprefix('Input should be ')}"
