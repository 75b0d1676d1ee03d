"""A class run: nothing is judged or written twice, nothing that changed is left alone, and a stopped run goes on."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, nullcontext
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from torchstone import config
from torchstone.batch import GradingService
from torchstone.batch.engine import Brief, Keep, Outcome
from torchstone.config import Course
from torchstone.errors import GradebookError
from torchstone.gradebook import grading, scores, writing
from torchstone.gradebook.book import dump, open_book
from torchstone.gradebook.graded_folder import GradedFolders
from torchstone.gradebook.grading import ClassReport, grade_with
from torchstone.gradebook.report_json import report_json
from torchstone.judge.keys import WeekKeys
from torchstone.model import Program, Result

WEEK = "week01"
RIGHT = {"double": "def double(x):\n    return 2 * x", "triple": "def triple(x):\n    return 3 * x"}
HALF = {"double": "def double(x):\n    return x  # HALF"}


class Reading:
    """Judges that read instead of running, as the FakeGrader does; `stop_after` programs the run is interrupted."""

    tier = "namespaces"

    def __init__(self, brief: Brief, grader: Any, judged: list[str], stop_after: int = 999) -> None:
        self._keys = WeekKeys(brief.folder, brief.policy, "namespaces", brief.solution)
        self._grader, self._judged, self._stop_after = grader, judged, stop_after

    def begin(self) -> None: ...

    def judge(self, programs: Iterable[Program], keep: Keep) -> Iterator[Outcome]:
        for program in programs:
            if len(self._judged) >= self._stop_after:
                raise KeyboardInterrupt
            text = {c.name: c.source for c in program.cells}
            exercises = tuple(self._grader._exercise(name, text.get(name, "")) for name in ("double", "triple"))
            seconds = float(len(text.get("double", "")))
            result = Result(WEEK, program.digest, self._keys.key(program), exercises, "namespaces", diagnosed=True)
            result = replace(result, cpu_seconds=seconds)
            self._judged.append(text.get("double", ""))
            keep(result)
            yield Outcome(program, result)

    def close(self) -> None: ...


@pytest.fixture
def judged() -> list[str]:
    """The answers to `double` that a judge was asked about, in order."""
    return []


@pytest.fixture
def run(released: Course, grader: Any, judged: list[str]) -> Callable[..., ClassReport]:
    """`torchstone grade week01`."""

    def run(
        course: Course = released, fresh: bool = False, students: tuple[str, ...] = (), stop_after: int = 999
    ) -> Any:
        def engine(brief: Brief) -> Any:
            return Reading(brief, grader, judged, stop_after)

        with GradingService(course, fresh=fresh, engine=engine) as service:
            return grade_with(service, course, WEEK, students)

    return run


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Whose scores were written, in order."""
    names: list[str] = []
    write = scores.write_scores

    def noted(students: Iterable[str]) -> Iterator[str]:
        for student in students:
            names.append(student)
            yield student

    def watched(course: Course, assignment: str, students: Iterable[str], *rest: Any) -> Any:
        return write(course, assignment, noted(students), *rest)

    monkeypatch.setattr(scores, "write_scores", watched)
    return names


@pytest.fixture
def klass(hand_in: Any, run: Any, judged: list[str], written: list[str]) -> tuple[str, ...]:
    """Three students, graded."""
    hand_in("ann", **RIGHT, exploration="Noise helps.")
    hand_in("bob", **HALF)
    hand_in("cyd", data=b"{")
    run()
    judged.clear()
    written.clear()
    return ("ann", "bob", "cyd")


def test_nothing_changed_and_nothing_is_touched(
    released: Course, klass: Any, run: Any, judged: list[str], written: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert released.gradebook_path is not None
    before = released.gradebook_path.stat()
    backups = sorted((released.state / "backups").iterdir())
    monkeypatch.setattr(grading.Submissions, "read", None)  # nothing is read again
    again = run()
    assert judged == written == []
    after = released.gradebook_path.stat()
    assert (after.st_mtime_ns, after.st_size) == (before.st_mtime_ns, before.st_size)
    assert sorted((released.state / "backups").iterdir()) == backups
    assert [(r.student, r.earned, r.points, r.notes) for r in again.rows] == [
        ("ann", 7.0, 7.0, ()),
        ("bob", 2.0, 7.0, ()),
        ("cyd", 0.0, 7.0, again.rows[2].notes),
    ]
    assert len(again.rows[2].notes) == 1
    assert again.clean


def test_a_changed_notebook_is_judged_and_written_alone(
    klass: Any, run: Any, hand_in: Any, judged: list[str], written: list[str]
) -> None:
    hand_in("bob", **RIGHT, exploration="Another one.")
    hand_in("dan", **RIGHT)
    report = run()
    assert judged == []  # ann's program
    assert written == ["bob", "dan"]
    assert [r.earned for r in report.rows] == [7.0, 7.0, 0.0, 7.0]
    hand_in("dan", double="def double(x):\n    return 2 * x  # as before")
    run()
    assert judged == ["def double(x):\n    return 2 * x  # as before"]
    assert written == ["bob", "dan", "dan"]


def by_hand(course: Course, change: Callable[[Any], None]) -> None:
    with open_book(course) as book:
        change(book)
        book.db.commit()


def set_(find: str, name: str, **values: Any) -> Callable[[Course], None]:
    def change(book: Any) -> None:
        row = getattr(book, find)(name, WEEK, WEEK, "ann")
        for field, value in values.items():
            setattr(row, field, value)

    return lambda course: by_hand(course, change)


def grant(course: Course) -> None:
    course.seminar.mkdir(exist_ok=True)
    (course.seminar / "extensions.csv").write_text(f"id,assignment,days,until,reason\nann,{WEEK},2,,travel\n")


def grant_in_the_gradebook(course: Course) -> None:
    by_hand(course, lambda book: book.grant_extension(WEEK, "ann", days=1))


def graded_notebook(course: Course) -> Path:
    return course.autograded / "ann" / WEEK / f"{WEEK}.ipynb"


def edit_what_was_graded(course: Course) -> None:
    graded_notebook(course).write_text(graded_notebook(course).read_text().replace("Noise", "noise"))


def lay_a_file_beside(course: Course) -> None:
    (course.submitted / "ann" / WEEK / "data.csv").write_text("1")


def regrade_by_nbgrader(course: Course) -> None:
    from torchstone.results import Store

    with Store(course.state / "results.sqlite", fingerprint_of(course)) as store:
        grading = store.grading(WEEK, "ann")
        assert grading is not None
        store.record(grading)


def fingerprint_of(course: Course) -> str:
    from torchstone import secret

    return secret.fingerprint(secret.load(course.secret_path))


@pytest.mark.parametrize(
    "change",
    [
        set_("find_grade", "exploration", manual_score=4.5, needs_manual_grade=False),
        set_("find_grade", "double_check", extra_credit=1.0),
        set_("find_grade", "double_check", auto_score=0.5),
        set_("find_comment", "double", manual_comment="Well done."),
        set_("find_comment", "double", auto_comment="Nothing."),
        lambda course: by_hand(
            course, lambda b: setattr(b.find_submission_notebook(WEEK, WEEK, "ann"), "late_submission_penalty", 3.0)
        ),
        grant,
        grant_in_the_gradebook,
        edit_what_was_graded,
        lambda course: graded_notebook(course).unlink(),
        lambda course: by_hand(course, lambda book: book.remove_submission(WEEK, "ann")),
        lay_a_file_beside,
        regrade_by_nbgrader,
    ],
)
def test_whatever_changed_of_a_student_is_written_as_ever(
    released: Course, klass: Any, run: Any, written: list[str], tmp_path: Path, change: Callable[[Course], None]
) -> None:
    change(released)
    other = config.load(Path(shutil.copytree(released.root, tmp_path / "other")))
    run()
    assert written == ["ann"]
    run(other, fresh=True)
    assert dump(released, WEEK) == dump(other, WEEK)
    assert graded_notebook(released).read_bytes() == graded_notebook(other).read_bytes()
    written.clear()
    run()
    assert written == []


def test_a_corrected_time_is_written(
    released: Course, klass: Any, run: Any, note_time: Any, written: list[str]
) -> None:
    data = (released.submitted / "ann" / WEEK / f"{WEEK}.ipynb").read_bytes()
    note_time("ann", released.due(WEEK) + timedelta(days=1, hours=1), data)
    run()
    assert written == ["ann"]
    assert dump(released, WEEK)["ann"][WEEK]["penalty"]


def test_a_backup_put_back_is_written_over(
    released: Course, klass: Any, run: Any, hand_in: Any, written: list[str]
) -> None:
    assert released.gradebook_path is not None
    kept = released.gradebook_path.read_bytes()
    hand_in("bob", **RIGHT)
    run()
    whole = dump(released, WEEK)
    released.gradebook_path.write_bytes(kept)
    written.clear()
    run()
    assert written == ["bob"]
    assert dump(released, WEEK) == whole


@pytest.mark.parametrize("what", ["release", "source", "deadline", "grader"])
def test_what_concerns_all_is_written_for_all(
    released: Course, klass: Any, run: Any, written: list[str], judged: list[str], what: str
) -> None:
    if what == "release":
        path = released.release / WEEK / f"{WEEK}.ipynb"
        path.write_text(path.read_text().replace("# Doubling", "# Doubles"))
    elif what == "source":
        (released.source / WEEK / "numbers.csv").write_text("x\n2\n")
    elif what == "grader":
        (released.graders / WEEK / "test_double.py").write_text("# changed")
    else:
        by_hand(released, lambda book: setattr(book.find_assignment(WEEK), "duedate", None))
    run()
    assert sorted(written) == ["ann", "bob", "cyd"]
    assert len(judged) == (3 if what in ("release", "grader") else 0)


def test_fresh_judges_and_writes_everything(klass: Any, run: Any, written: list[str], judged: list[str]) -> None:
    run(fresh=True)
    assert sorted(written) == ["ann", "bob", "cyd"]
    assert len(judged) == 3


def test_a_gradebook_of_a_server_is_always_written(
    released: Course, klass: Any, run: Any, written: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torchstone.gradebook.standing.looking", lambda course: nullcontext(None))
    run()
    assert written == ["ann", "bob", "cyd"]


def test_nobody_writes_between_what_is_read_and_what_is_stamped(
    released: Course, hand_in: Any, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: list[str] = []
    write = GradedFolders.write

    def watched(self: GradedFolders, *arguments: Any) -> None:
        with closing(sqlite3.connect(released.gradebook_path or "", timeout=0)) as other:
            try:
                other.execute("UPDATE assignment SET duedate = NULL")
            except sqlite3.OperationalError as e:
                refused.append(str(e))
        write(self, *arguments)

    monkeypatch.setattr(GradedFolders, "write", watched)
    hand_in("ann", **RIGHT)
    run()
    assert refused == ["database is locked"]


def test_a_changed_roster_is_entered_though_no_score_changed(
    released: Course, klass: Any, run: Any, written: list[str]
) -> None:
    released.roster.write_text("id,last_name,first_name,email\nann,Arden,Ann,\nzoe,Zweig,Zoë,\n")
    run()
    assert written == []
    with open_book(released) as book:
        assert {s.id: s.last_name for s in book.students} == {"ann": "Arden", "bob": None, "cyd": None, "zoe": "Zweig"}


def test_a_stopped_run_goes_on(hand_in: Any, run: Any, released: Course, judged: list[str], tmp_path: Path) -> None:
    for n in range(6):
        hand_in(f"s{n}", double=f"def double(x):\n    return 2 * x  # {n}")
    with pytest.raises(KeyboardInterrupt):
        run(stop_after=4)
    assert len(judged) == 4
    report = run()
    assert len(judged) == len(set(judged)) == 6
    assert [r.earned for r in report.rows] == [4.0] * 6
    assert len(dump(released, WEEK)) == 6


def test_longest_first_by_the_last_figures(hand_in: Any, run: Any, judged: list[str]) -> None:
    answers = {
        name: f"def double(x):\n    return x  # {'-' * length}" for name, length in zip("abc", (5, 50, 20), strict=True)
    }
    for name, answer in answers.items():
        hand_in(name, double=answer)
    run()
    hand_in("d", double="def double(x):\n    return x")
    judged.clear()
    run(fresh=True)
    assert judged == ["def double(x):\n    return x", answers["b"], answers["c"], answers["a"]]


def test_the_report_in_pieces_is_one_json(released: Course, klass: Any, run: Any, grader: Any) -> None:
    report = replace(run(), faults=("a fault «quoted»",))
    with GradingService(released, engine=lambda brief: Reading(brief, grader, [])) as service:
        text = "".join(report_json(report, service.store.latest))
    whole = json.loads(text)
    assert text == json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
    assert list(whole["students"]) == ["ann", "bob", "cyd"]
    assert whole["students"]["bob"]["points"] == 2.0
    assert whole["students"]["bob"]["exercises"]["double"]["checks"][1]["diagnosis"]["name"] == "h"
    assert whole["faults"] == ["a fault «quoted»"]
    empty = "".join(report_json(ClassReport(WEEK, ()), lambda key: None))
    assert empty == json.dumps(json.loads(empty), indent=2) + "\n"


def test_scores_are_written_while_others_are_judged(
    hand_in: Any, run: Any, released: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "BATCH", 2)
    for n in range(6):
        hand_in(f"s{n}", double=f"def double(x):\n    return 2 * x  # {n}")
    with pytest.raises(KeyboardInterrupt):
        run(stop_after=5)
    assert len(dump(released, WEEK)) == 4


def test_a_gradebook_that_fails_stops_no_judge(
    klass: Any, run: Any, judged: list[str], written: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:

        def full(writer: writing.Writer, students: Iterable[str]) -> Iterator[Any]:
            raise GradebookError(f"{next(iter(students))}: the disk is full")
            yield

        broken.setattr(writing.Writer, "write", full)
        with pytest.raises(GradebookError, match="the disk is full"):
            run(fresh=True)
    assert len(judged) == 3
    run()
    assert len(judged) == 3
    assert set(written) == {"ann", "bob", "cyd"}
