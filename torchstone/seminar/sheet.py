"""Scores by spreadsheet: a sheet with a row for each student, filled in anywhere, and taken in whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from torchstone.config import Course
from torchstone.errors import CourseError
from torchstone.seminar import ledger
from torchstone.seminar.allocation import load_allocation, path_of
from torchstone.seminar.ledger import Kind, New, Score
from torchstone.seminar.marking import Entered, amount, enter, mark, mark_total
from torchstone.seminar.people import People, anonymous_ids
from torchstone.seminar.rubric import Rubric, load_rubric
from torchstone.seminar.standing import latest
from torchstone.seminar.table import Row, Table, read_table, table_text


def sheet(
    course: Course, kind: Kind, topic: str, by: str, students: Iterable[str] = (), *, anonymous: bool = False
) -> str:
    """A sheet (CSV) for one grader: a column for each item, and what this grader has said already filled in.

    It has a row for each of `students`, or else for everyone whose work it is: who was given the topic, or the class
    where topics were not given out and for participation. `anonymous` puts neutral ids in place of the students', in an
    order that tells nothing. Taking the sheet in unchanged changes nothing. Raises CourseError.
    """
    rubric, people = load_rubric(course, kind), People(course)
    topic = people.topic(topic)
    chosen = [people.student(student) for student in students] or _whose(course, people, kind, topic)
    said = latest(ledger.read(course), kind)
    names: Mapping[str, str] = dict(zip(chosen, chosen, strict=True))
    if anonymous:
        names = anonymous_ids(course, kind, topic, chosen)
    rows = []
    for student, name in names.items():
        entry = said.get((student, topic), {}).get(by)
        score = entry.what if entry is not None else None
        rows.append([name, topic, *_filled(rubric, score if isinstance(score, Score) else None)])
    return table_text(["student", "topic", *(item.id for item in rubric.items), "points", "bank", "comment"], rows)


def take_in(course: Course, kind: Kind, path: Path, by: str, *, topic: str = "") -> Entered:
    """Enter the scores of a sheet: all rows or, if one is wrong, none. A row without points is passed over.

    Columns: `student` (an id or a neutral one), `topic` or `week` (unless `topic` is given here), then either the
    rubric's items or `points` alone, and if wanted `bank` (ids of the bank, with spaces between) and `comment`.
    Raises CourseError, which names each wrong row and why.
    """
    rubric, people, table = load_rubric(course, kind), People(course), read_table(path)
    _check_columns(table, rubric, topic)
    reader = _Reader(course, rubric, people, table, topic)
    new: list[New] = []
    faults: list[str] = []
    seen: dict[tuple[str, str], int] = {}
    for row in table.rows:
        try:
            score = reader.score(row)
            if score is None:
                continue
            earlier = seen.setdefault((score.student, score.topic), row.number)
            if earlier != row.number:
                raise CourseError(f"{row.get('student')}, {score.topic}: scored in row {earlier} already")
            new.append(New(score, by, f"{path.name}, row {row.number}"))
        except CourseError as e:
            faults.append(f"row {row.number}: {e}")
    if faults:
        raise table.refuse(faults, "rows that cannot be taken in; nothing was entered")
    if not new:
        raise CourseError(f"{path} holds no scores; fill in points, then take it in again")
    return enter(course, new)


def _whose(course: Course, people: People, kind: Kind, topic: str) -> list[str]:
    """Whose work of this kind there is on a topic, in the roster's order."""
    if kind == "participation" or not path_of(course).exists():
        return list(people.students)
    given = load_allocation(course)
    if kind == "presentation":
        return [s for s in people.students if given.presentations.get(s) == topic]
    return [s for s in people.students if topic in given.notebooks.get(s, ())]


class _Reader:
    """Reads rows of one table."""

    def __init__(self, course: Course, rubric: Rubric, people: People, table: Table, topic: str) -> None:
        self._course = course
        self._rubric = rubric
        self._people = people
        self._topic = topic
        self._items = [item for item in rubric.items if item.id in table.columns]
        self._neutral: dict[str, dict[str, str]] = {}

    def score(self, row: Row) -> Score | None:
        """The row's score; None where no points are told. Raises CourseError."""
        given = {i.id: amount(row.get(i.id), i.points) for i in self._items if row.get(i.id)}
        total = row.get("points")
        if not given and not total:
            if row.get("comment") or row.get("bank"):
                raise CourseError("a comment without points; give points, or remove it")
            return None
        topic = self._people.topic(row.get("topic") or row.get("week") or self._topic)
        who = self._student(row.get("student"), topic)
        words = (row.get("comment"), row.get("bank").split())
        if not given:
            return mark_total(self._rubric, who, topic, amount(total, self._rubric.points), *words)
        score = mark(self._rubric, who, topic, given, *words)
        if total and abs(amount(total, self._rubric.points) - score.points) > 1e-9:
            raise CourseError(f"points: {total}, but the items give {score.points:g}; correct one, or leave it empty")
        return score

    def _student(self, name: str, topic: str) -> str:
        if not name.startswith("r-") or name in self._people.students:
            return self._people.student(name)
        if topic not in self._neutral:
            ids = anonymous_ids(self._course, self._rubric.kind, topic, self._people.students)
            self._neutral[topic] = {neutral: student for student, neutral in ids.items()}
        student = self._neutral[topic].get(name)
        if student is None:
            raise CourseError(f"{name!r} is nobody's neutral id in {topic}; was the sheet made for another topic?")
        return student


def _check_columns(table: Table, rubric: Rubric, topic: str) -> None:
    items = {item.id for item in rubric.items}
    known = items | {"student", "topic", "week", "points", "bank", "comment"}
    unknown = [column for column in table.columns if column not in known]
    missing = [] if "student" in table.columns else ["student"]
    if not topic and not {"topic", "week"} & set(table.columns):
        missing.append("topic")
    if not (items | {"points"}) & set(table.columns):
        missing.append(f"points (or {', '.join(sorted(items))})")
    if missing or unknown:
        parts = [f"lacks {', '.join(missing)}"] if missing else []
        parts += (
            [f"holds {', '.join(map(repr, unknown))}, which the {rubric.kind} rubric does not know"] if unknown else []
        )
        raise CourseError(f"{table.path}, row 1: it {' and '.join(parts)}; nothing was entered")


def _filled(rubric: Rubric, score: Score | None) -> list[str]:
    if score is None:
        return [""] * (len(rubric.items) + 3)
    items = [f"{score.items[item.id]:g}" if item.id in score.items else "" for item in rubric.items]
    return [*items, "" if score.items else f"{score.points:g}", "", score.comment]
