"""Whether what a grading would write stands in the gradebook already, told without nbgrader (seconds to import).

The rule: a student is left alone only if two digests are what they were when the scores were written last.

- The *inputs*: everything that scores, comments, penalty and the graded notebook are made from. These are the
  submission's bytes and the files beside it, the release and what is handed out with it, the result (its key, and when
  it was stored), the times of the student's attempts in the manifest, the student's extensions in the sheet, the
  configuration, and the versions of Torchstone and nbgrader.
- The *outcome*: everything that then stood. These are the assignment's own rows in the gradebook (deadline, cells,
  points), the student's rows of it (submission, grades, comments, whoever wrote them), the student's extensions in all
  weeks, and the bytes of the graded notebook.

The rows themselves are read and compared; no file's time and no counter is trusted. So points or a comment that someone
entered by hand, a penalty that was changed, or a backup that was put back make the student's scores be written as ever,
which keeps what people gave. A gradebook on a database server is not looked at: there, all scores are written.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import torchstone
from torchstone.collecting.extensions import FILE, read_extensions
from torchstone.collecting.manifest import Manifest
from torchstone.collecting.roster import read_roster
from torchstone.config import Course
from torchstone.gradebook.lateness import due_of
from torchstone.gradebook.submission import notebook_path
from torchstone.judge.keys import file_digest, folder_digest, own_digest
from torchstone.results.summary import Stamp

_PACKAGE: Final = Path(torchstone.__file__).parent
_PIECE: Final = 400  #: students in one question: SQLite bounds its values

#: The assignment's own rows.
_SHARED: Final = (
    "SELECT * FROM assignment WHERE name=:a",
    "SELECT n.* FROM notebook n JOIN assignment a ON a.id=n.assignment_id WHERE a.name=:a ORDER BY n.id",
    "SELECT c.* FROM source_cell c JOIN notebook n ON n.id=c.notebook_id JOIN assignment a ON a.id=n.assignment_id "
    "WHERE a.name=:a ORDER BY c.id",
    "SELECT b.*, g.*, t.* FROM base_cell b LEFT JOIN grade_cells g USING (id) LEFT JOIN task_cells t USING (id) "
    "JOIN notebook n ON n.id=b.notebook_id JOIN assignment a ON a.id=n.assignment_id WHERE a.name=:a ORDER BY b.id",
)


class Inputs:
    """The digests of all that an assignment's scores are made from. `rules` are those of `Submissions`.

    Raises CourseError for a manifest or an extension sheet that cannot be used.
    """

    def __init__(self, course: Course, assignment: str, rules: str) -> None:
        self._course, self._assignment = course, assignment
        self._common = _digest(
            rules,
            course.settings.model_dump_json(),
            [own_digest(), folder_digest(_PACKAGE / "gradebook"), folder_digest(_PACKAGE / "collecting")],
            metadata.version("nbgrader"),
            _beside(course.source / assignment),
        )
        self._times: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for (student, week), attempt in sorted(Manifest.load(course.manifest).all_latest().items()):
            self._times[student].append((week, attempt.received.isoformat()))
        self._extensions: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for e in read_extensions(course.seminar / FILE, due_of(course)):
            self._extensions[e.student].append((e.assignment, str(e.by)))

    def of(self, student: str, attempt: str, key: str, stored: str) -> str:
        """The digest for a submission (`attempt`: the hash of its bytes) and its result."""
        beside = _beside(notebook_path(self._course, student, self._assignment).parent)
        own = (student, attempt, key, stored, beside)
        return _digest(self._common, *own, self._times[student], sorted(self._extensions[student]))


@contextmanager
def looking(course: Course) -> Iterator[sqlite3.Connection | None]:
    """The gradebook, to be read and not written, as it is at one moment; None where that cannot be had."""
    path = course.gradebook_path
    if path is None or not path.exists():
        yield None
        return
    try:
        db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
    except sqlite3.Error:
        yield None
        return
    with closing(db):
        yield db


def standing(course: Course, assignment: str, inputs: Mapping[str, str], stamps: Mapping[str, Stamp]) -> frozenset[str]:
    """Which students' scores need not be written. `inputs` are today's digests, `stamps` those of the last writing."""
    same = [s for s, digest in inputs.items() if s in stamps and stamps[s].inputs == digest]
    with looking(course) as db:
        if db is None or not same:
            return frozenset()
        try:
            db.execute("BEGIN")
            found = outcomes(db, course, assignment, same)
        except sqlite3.Error:  # locked, damaged, of another layout: whoever writes will say so
            return frozenset()
    return frozenset(s for s in same if found.get(s) == stamps[s].outcome)


def roster_stands(course: Course) -> bool:
    """Whether the gradebook has everyone of the roster, with the same names. Raises CourseError for a bad roster."""
    if not course.roster.exists():
        return True
    wanted = {(s.id, s.first_name, s.last_name, s.email) for s in read_roster(course.roster)}
    with looking(course) as db:
        try:
            rows = db.execute("SELECT id, first_name, last_name, email FROM student").fetchall() if db else ()
        except sqlite3.Error:
            return False
    return wanted <= set(rows)


def outcomes(db: sqlite3.Connection, course: Course, assignment: str, students: Iterable[str]) -> dict[str, str]:
    """The digest of what stands of each student who has a submission. Raises sqlite3.Error."""
    shared = [db.execute(question, {"a": assignment}).fetchall() for question in _SHARED]
    assignments = [row[0] for row in db.execute("SELECT id FROM assignment")]
    ids = [row[0] for row in shared[0]], [row[0] for row in shared[1]], [row[0] for row in shared[3]]
    common = _digest(shared)
    everyone = list(students)
    found: dict[str, str] = {}
    for start in range(0, len(everyone), _PIECE):
        piece = everyone[start : start + _PIECE]
        for student, rows in _rows(db, ids, assignments, piece).items():
            graded = course.autograded / student / assignment / f"{assignment}.ipynb"
            found[student] = _digest(common, rows, file_digest(graded))
    return found


def _rows(
    db: sqlite3.Connection, ids: tuple[list[str], list[str], list[str]], assignments: list[str], students: list[str]
) -> dict[str, list[Any]]:
    """Each student's rows. Every question goes by both columns of an index, so that a batch costs what it holds."""
    of_assignment, of_notebook, of_cells = ids
    mine = _where(db, "SELECT * FROM submitted_assignment", assignment_id=of_assignment, student_id=students)
    owner = {row["id"]: row["student_id"] for row in mine}
    notebooks = _where(db, "SELECT * FROM submitted_notebook", notebook_id=of_notebook, assignment_id=list(owner))
    owner_of_notebook = {row["id"]: owner[row["assignment_id"]] for row in notebooks}
    found: dict[str, list[Any]] = {row["student_id"]: [row] for row in mine}
    for row in notebooks:
        found[owner_of_notebook[row["id"]]].append(row)
    for table in ("grade", "comment"):
        for row in _where(db, f"SELECT * FROM {table}", cell_id=of_cells, notebook_id=list(owner_of_notebook)):
            found[owner_of_notebook[row["notebook_id"]]].append(row)
    for row in _where(db, "SELECT * FROM submitted_assignment", assignment_id=assignments, student_id=students):
        if row["student_id"] in found and row["extension"] is not None:
            found[row["student_id"]].append([row["assignment_id"], row["extension"]])
    return found


def _where(db: sqlite3.Connection, question: str, **columns: list[str]) -> list[dict[str, Any]]:
    conditions = " AND ".join(f"{name} IN ({','.join('?' * len(column))})" for name, column in columns.items())
    values = [value for column in columns.values() for value in column]
    cursor = db.execute(f"{question} WHERE {conditions} ORDER BY id", values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _beside(folder: Path) -> list[tuple[str, ...]]:
    """The files in a folder that are no notebooks, by name and content: they are copied beside the graded notebook."""
    found = []
    for where, _, names in os.walk(folder):
        for name in names:
            path = Path(where, name)
            if path.suffix != ".ipynb":
                plain = path.is_file() and not path.is_symlink()
                found.append((str(path.relative_to(folder)), file_digest(path) if plain else "no plain file"))
    return sorted(found)


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()
