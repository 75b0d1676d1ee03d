"""The students' bundle."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from torchstone.config import Course
from torchstone.errors import CourseError, GateError
from torchstone.gradebook.publish import publish
from torchstone.gradebook.wheel import build_wheel

WEEK = "week01"
NAME = "torchstone-0-py3-none-any.whl"


def wheel_of(members: dict[str, str]) -> Callable[[Path], Path]:
    def build(into: Path) -> Path:
        with zipfile.ZipFile(into / NAME, "w") as archive:
            for name, text in members.items():
                archive.writestr(name, text)
        return into / NAME

    return build


GOOD = wheel_of({"torchstone/__init__.py": "", "torchstone/kit/source.py": "x = 1"})


def names(folder: Path) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*")}


def test_a_bundle_holds_what_a_student_needs_and_nothing_else(released: Course, tmp_path: Path) -> None:
    (released.root / "constraints.txt").write_text("torch==2.13.0\nnbgrader==0.9.6\nclick==8.5.1\n")
    report = publish(released, WEEK, tmp_path / "bundle", GOOD)
    expected = {"README.md", "constraints.txt", "numbers.csv", f"{WEEK}.ipynb", NAME}
    assert set(report.files) == expected
    assert names(tmp_path / "bundle") == expected | {".torchstone-bundle.json"}
    assert names(tmp_path) == names(tmp_path) - {n for n in names(tmp_path) if ".torchstone-bundle-" in n}
    constraints = (tmp_path / "bundle" / "constraints.txt").read_text()
    assert "torch==2.13.0\n" in constraints
    assert "nbgrader" not in constraints
    readme = (tmp_path / "bundle" / "README.md").read_text()
    assert "Saturday, 06 November 2021, 23:59 (America/New_York)" in readme
    assert NAME in readme


def test_a_bundle_of_ours_is_replaced_and_anything_else_refused(released: Course, tmp_path: Path) -> None:
    to = tmp_path / "bundle"
    to.mkdir()
    publish(released, WEEK, to, GOOD)
    publish(released, WEEK, to, GOOD)
    (to / f"{WEEK}.ipynb").write_text("a student's work")
    with pytest.raises(CourseError, match="added or changed"):
        publish(released, WEEK, to, GOOD)
    assert (to / f"{WEEK}.ipynb").read_text() == "a student's work"
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.tex").write_text("")
    with pytest.raises(CourseError, match="not empty and not a bundle of ours"):
        publish(released, WEEK, other, GOOD)
    with pytest.raises(CourseError, match="not a folder"):
        publish(released, WEEK, other / "thesis.tex", GOOD)


@pytest.mark.parametrize("member", ["graders/week01/test_double.py", "source/week01/week01.ipynb", "x/graders/a.py"])
def test_a_wheel_with_private_folders_is_refused(released: Course, tmp_path: Path, member: str) -> None:
    with pytest.raises(GateError, match=member):
        publish(released, WEEK, tmp_path / "bundle", wheel_of({member: ""}))
    assert not (tmp_path / "bundle").exists()


@pytest.mark.parametrize(
    "secret",
    ['canary = "grader-canary-7d1f0c2a"', "agree(student.double(draw.secret_hidden_probe_of_the_grader(7)))"],
)
def test_a_line_of_a_grader_is_found_wherever_it_is(released: Course, tmp_path: Path, secret: str) -> None:
    with pytest.raises(GateError, match=r"torchstone/notes\.py holds a line of .*test_double\.py"):
        publish(released, WEEK, tmp_path / "bundle", wheel_of({"torchstone/notes.py": f"  {secret}\n"}))
    path = released.release / WEEK / f"{WEEK}.ipynb"
    notebook = json.loads(path.read_text())
    notebook["cells"][0]["source"] = [f"{secret}\n"]
    path.write_text(json.dumps(notebook))
    with pytest.raises(GateError, match=f"{WEEK}.ipynb"):
        publish(released, WEEK, tmp_path / "bundle", GOOD)


def test_a_line_of_the_solution_is_found(released: Course, tmp_path: Path) -> None:
    (released.release / WEEK / "numbers.csv").write_text("answer_of_the_instructor = 3 * x")
    with pytest.raises(GateError, match=r"numbers\.csv holds a line of the solution"):
        publish(released, WEEK, tmp_path / "bundle", GOOD)


@pytest.mark.parametrize("name", ["notes.py", ".hidden.txt"])
def test_only_allowed_kinds_of_files_go_out(released: Course, tmp_path: Path, name: str) -> None:
    (released.release / WEEK / name).write_text("")
    with pytest.raises(GateError, match="may not go into a bundle"):
        publish(released, WEEK, tmp_path / "bundle", GOOD)


def test_links_do_not_go_out(released: Course, tmp_path: Path) -> None:
    (released.release / WEEK / "data.csv").symlink_to(released.secret_path)
    with pytest.raises(GateError, match="may not go into a bundle"):
        publish(released, WEEK, tmp_path / "bundle", GOOD)


def test_a_week_that_was_not_released_is_told(course: Course, tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="torchstone release week01"):
        publish(course, WEEK, tmp_path / "bundle", GOOD)


@pytest.mark.slow
def test_the_real_wheel_holds_the_package_and_no_more(tmp_path: Path) -> None:
    with zipfile.ZipFile(build_wheel(tmp_path)) as wheel:
        tops = {name.split("/")[0] for name in wheel.namelist()}
    assert {t for t in tops if not t.endswith(".dist-info")} == {"torchstone"}
