"""The release that nbgrader makes of the source."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from torchstone.config import Course
from torchstone.errors import CourseError, GateError
from torchstone.gradebook import release
from torchstone.gradebook.book import open_book
from torchstone.gradebook.release import generate, render
from torchstone.notebook import dumps, normalize, read

WEEK = "week01"


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_release_is_in_normal_form_without_solutions_and_with_its_data(released: Course) -> None:
    content = files(released.release / WEEK)
    assert set(content) == {f"{WEEK}.ipynb", "numbers.csv"}
    text = content[f"{WEEK}.ipynb"].decode()
    assert dumps(normalize(read(text.encode()))) == text
    assert "answer_of_the_instructor" not in text
    assert "What a model answer says" not in text
    assert "YOUR CODE HERE" in text
    assert [p.name for p in released.release.iterdir()] == [WEEK]


def test_the_same_source_gives_the_same_bytes(released: Course, tmp_path: Path) -> None:
    committed = files(released.release / WEEK)
    assert files(render(released, WEEK, tmp_path / "again")) == committed
    assert files(generate(released, WEEK)) == committed


def test_the_gradebook_knows_the_exercises_and_the_deadline(released: Course) -> None:
    with open_book(released) as book:
        assignment = book.find_assignment(WEEK)
        assert assignment.duedate == datetime(2021, 11, 7, 3, 59)
        assert assignment.max_score == 12.0
        grades = {c.name: c.max_score for c in assignment.notebooks[0].grade_cells}
    assert grades == {"double_check": 4.0, "triple_check": 3.0, "exploration": 5.0}


def test_a_source_that_nbgrader_refuses_leaves_the_old_release(
    released: Course, rewrite_source: Callable[..., None]
) -> None:
    before = files(released.release)

    def forget_the_end(cells: dict[str, Any]) -> None:
        cells["double"]["source"] = cells["double"]["source"].replace("### END SOLUTION", "")

    rewrite_source(forget_the_end)
    with pytest.raises(GateError, match="no end solution statement"):
        generate(released, WEEK)
    assert files(released.release) == before


def test_a_disk_that_fails_at_the_last_moment_leaves_the_old_release(
    released: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files(released.release)
    original = Path.rename

    def fails(self: Path, target: Path) -> Path:
        if target == released.release / WEEK and not self.name.endswith(".old"):
            raise OSError(28, "No space left on device")
        return original(self, target)

    monkeypatch.setattr(release.Path, "rename", fails)
    with pytest.raises(OSError, match="No space left"):
        generate(released, WEEK)
    assert files(released.release) == before


def test_exercises_cannot_change_once_there_are_submissions(
    released: Course, hand_in: Any, grader: Any, rewrite_source: Callable[..., None]
) -> None:
    from torchstone.gradebook.scores import write_scores

    hand_in("ann")
    write_scores(released, WEEK, ["ann"], grader=grader)

    def rename(cells: dict[str, Any]) -> None:
        cells["triple"]["metadata"]["nbgrader"]["grade_id"] = "thrice"
        cells["triple_check"]["metadata"]["nbgrader"]["grade_id"] = "thrice_check"

    rewrite_source(rename)
    with pytest.raises(GateError, match="Cannot add or remove cells"):
        generate(released, WEEK)


@pytest.mark.parametrize("week", ["week02", "../course"])
def test_an_unknown_week_is_told(course: Course, week: str) -> None:
    with pytest.raises(CourseError, match="there is no assignment"):
        generate(course, week)


def test_a_week_has_one_notebook(course: Course) -> None:
    (course.source / WEEK / "notes.ipynb").write_text("{}")
    with pytest.raises(GateError, match=r"one notebook.*notes\.ipynb"):
        generate(course, WEEK)
