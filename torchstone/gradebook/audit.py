"""What stands in the gradebook that no receipt and no record explains: points that nobody earned, rows from nowhere.

The gradebook is a file that formgrader, people and programs write to. What the checks gave is in our receipts; whatever
else raises or lowers a score is named here until a record explains it or an instructor accepts it.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from torchstone import secret
from torchstone.collecting.files import write_private
from torchstone.config import Course
from torchstone.errors import CourseError, GradebookError
from torchstone.gradebook import submission
from torchstone.gradebook.backup import check_gradebook
from torchstone.gradebook.book import open_book, require_assignment
from torchstone.gradebook.late import stale_penalties
from torchstone.gradebook.scoring import exercise_of, score
from torchstone.gradebook.server import acting
from torchstone.notebook import declared
from torchstone.results import Store

#: Who else may explain points in a cell: given course, assignment, student and cell, the points they vouch for.
#: A record of scores kept elsewhere (a rubric's, say) is one; the command line brings those it knows.
Explainer = Callable[[Course, str, str, str], Iterable[float]]

_ACCEPTED: Final = "audit.json"
_NEAR: Final = 1e-6


@dataclass(frozen=True)
class Unexplained:
    """One thing in the gradebook that nothing explains."""

    kind: str  #: "trigger", "row", "points", "extra credit", "manual score", "penalty"
    where: str  #: whose, in which cell; the trigger's name
    value: str  #: what stands there
    told: str  #: in words, with what to do


def audit(course: Course, assignment: str, explainers: Iterable[Explainer] = ()) -> tuple[Unexplained, ...]:
    """What nothing explains in an assignment's part of the gradebook, without what was accepted.

    Changes nothing. Raises GradebookError, CourseError (an assignment that was not released), StoreError, SecretError.
    """
    course.topic(assignment)
    path = check_gradebook(course)
    found = [*_triggers(course, path)]
    cells = {e.grade_cell_id: e for e in declared(submission.released(course, assignment))}
    known = secret.fingerprint(secret.load(course.secret_path))
    with Store(course.state / "results.sqlite", known) as store, open_book(course) as book:
        require_assignment(book, assignment)
        for row in book.assignment_submissions(assignment):
            found += _submission(course, assignment, row, store, cells, tuple(explainers))
    found += [
        Unexplained(
            "penalty",
            f"{change.student}, {assignment}",
            f"{change.stored:g}",
            f"the late penalty is {change.stored:g}, the policy gives {change.due.penalty:g}; "
            f"run `torchstone late apply {assignment}`",
        )
        for change in stale_penalties(course, [assignment])
    ]
    accepted = _accepted(course)
    return tuple(u for u in found if (u.kind, u.where, u.value) not in accepted)


def accept(course: Course, found: Iterable[Unexplained]) -> None:
    """Take these as explained from now on, as long as they stay as they are. Raises CourseError."""
    kept = sorted(_accepted(course) | {(u.kind, u.where, u.value) for u in found})
    text = json.dumps([list(entry) for entry in kept], indent=1, ensure_ascii=False)
    write_private(course.state / _ACCEPTED, f"{text}\n".encode())


def as_json(found: Iterable[Unexplained]) -> list[dict[str, str]]:
    """For other programs."""
    return [asdict(u) for u in found]


def _accepted(course: Course) -> set[tuple[str, str, str]]:
    path = course.state / _ACCEPTED
    try:
        entries = json.loads(path.read_bytes())
        return {(str(kind), str(where), str(value)) for kind, where, value in entries}
    except FileNotFoundError:
        return set()
    except (OSError, ValueError, TypeError) as e:
        raise CourseError(f"{path} is damaged ({e}); move it away, and accept again what you know of") from None


def _triggers(course: Course, path: Path | None) -> Iterator[Unexplained]:
    """What acts by itself inside the database; nbgrader makes neither triggers, rules nor views."""
    for kind, name, table, text in acting(course) if path is None else _acting(path):
        yield Unexplained(
            "trigger",
            f"{kind} {name}",
            " ".join(str(text).split())[:200],
            f"{kind} {name!r} on {table} changes or hides what the gradebook holds; nbgrader makes none: "
            "compare with the last backups in .torchstone/backups",
        )


def _acting(path: Path) -> tuple[tuple[str, str, str, str], ...]:
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
            rows = db.execute("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE type IN ('trigger', 'view')")
            return tuple(rows.fetchall())
    except sqlite3.Error as e:
        raise GradebookError(f"the gradebook {path} cannot be read: {e}") from e


def _submission(
    course: Course, assignment: str, row: Any, store: Store, cells: dict[str, Any], explainers: tuple[Explainer, ...]
) -> Iterator[Unexplained]:
    student = str(row.student.id)
    grading = store.grading(assignment, student)
    result = store.latest(grading.key) if grading else None
    if grading is None:
        yield Unexplained(
            "row",
            f"{student}, {assignment}",
            "submission",
            "the gradebook has a submission that was never graded here; grade again",
        )
    for grade in (g for n in row.notebooks for g in n.grades):
        where, cell = f"{student}, {grade.name}", cells.get(grade.name)
        if cell is None:
            yield Unexplained(
                "row", where, f"{grade.score:g}", "the release has no such grade cell; release again, then grade again"
            )
            continue
        if not math.isclose(float(grade.max_score), float(cell.points), abs_tol=_NEAR):
            yield Unexplained(
                "points",
                f"{where}, maximum",
                f"{grade.max_score:g}",
                f"the cell is worth {grade.max_score:g} points in the gradebook and {cell.points:g} in the release",
            )
        if grade.extra_credit:
            yield Unexplained(
                "extra credit",
                where,
                f"{grade.extra_credit:g}",
                f"{grade.extra_credit:g} points of extra credit; accept them if a grader gave them",
            )
        vouched = [p for e in explainers for p in e(course, assignment, student, exercise_of(grade.name))]
        if grade.manual_score is not None and not any(
            math.isclose(grade.manual_score, p, abs_tol=_NEAR) for p in vouched
        ):
            yield Unexplained(
                "manual score",
                where,
                f"{grade.manual_score:g}",
                f"a manual score of {grade.manual_score:g} stands in place of the automatic "
                f"{'–' if grade.auto_score is None else format(grade.auto_score, 'g')}; accept it if a grader gave it",
            )
        if grade.auto_score is not None and not cell.manual:
            given = score(result, exercise_of(grade.name), float(cell.points)).points if result else None
            if given is None or not math.isclose(given, grade.auto_score, abs_tol=_NEAR):
                yield Unexplained(
                    "points",
                    where,
                    f"{grade.auto_score:g}",
                    f"{grade.auto_score:g} automatic points, and the receipt says "
                    f"{'nothing' if given is None else format(given, 'g')}; grade again",
                )
