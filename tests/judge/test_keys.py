"""A result's key changes with everything a result depends on, and with nothing else."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import torchstone
from torchstone.judge import grader_digest, keys, result_key
from torchstone.judge.keys import WeekKeys, file_digest, folder_digest, own_digest
from torchstone.model import Cell, DrawKey, GradingPolicy, JailPolicy, Limits, Program
from torchstone.secret import PUBLIC_KEY

PROGRAM = Program("week01", (Cell("e", 1, "x = 1\n"),))
OTHER = Program("week01", (Cell("e", 1, "x = 2\n"),))
MOVED = Program("week01", (Cell("e", 2, "x = 1\n"),))
POLICY = GradingPolicy(JailPolicy(), PUBLIC_KEY)


@pytest.fixture
def week(tmp_path: Path) -> Path:
    (tmp_path / "alternatives").mkdir()
    (tmp_path / "test_e.py").write_text("1")
    (tmp_path / "alternatives" / "loops.py").write_text("2")
    return tmp_path


def changed(**fields: object) -> GradingPolicy:
    return dataclasses.replace(POLICY, **fields)  # type: ignore[arg-type]


def limited(**fields: object) -> GradingPolicy:
    return changed(jail=JailPolicy(limits=Limits(**fields)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "other",
    [
        lambda w: result_key(OTHER, w, POLICY, "namespaces"),
        lambda w: result_key(MOVED, w, POLICY, "namespaces"),
        lambda w: result_key(PROGRAM, w, POLICY, "landlock"),
        lambda w: result_key(PROGRAM, w, POLICY, "namespaces", PROGRAM),
        lambda w: result_key(PROGRAM, w, limited(cpu_seconds=9), "namespaces"),
        lambda w: result_key(PROGRAM, w, limited(memory_mb=1024), "namespaces"),
        lambda w: result_key(PROGRAM, w, changed(jail=JailPolicy(preload=())), "namespaces"),
        lambda w: result_key(PROGRAM, w, changed(jail=JailPolicy(tier="none")), "namespaces"),
        lambda w: result_key(PROGRAM, w, changed(scored_devices=("cpu",)), "namespaces"),
        lambda w: result_key(PROGRAM, w, changed(key=DrawKey(b"", "another")), "namespaces"),
        lambda w: result_key(PROGRAM, w, changed(key=dataclasses.replace(PUBLIC_KEY, round="2")), "namespaces"),
        lambda w: result_key(PROGRAM, w, changed(release="another"), "namespaces"),
        lambda w: result_key(PROGRAM, w, changed(constraints="others"), "namespaces"),
    ],
)
def test_what_a_result_depends_on(week: Path, other: Callable[[Path], str]) -> None:
    assert result_key(PROGRAM, week, POLICY, "namespaces") != other(week)


@pytest.mark.parametrize("name", ["torch", "numpy"])
def test_the_versions_that_change_numbers(week: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    before = result_key(PROGRAM, week, POLICY, "namespaces")
    installed = keys.metadata.version
    monkeypatch.setattr(keys.metadata, "version", lambda asked: "0.0" if asked == name else installed(asked))
    assert result_key(PROGRAM, week, POLICY, "namespaces") != before


def test_the_version_of_python(week: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = result_key(PROGRAM, week, POLICY, "namespaces")
    monkeypatch.setattr(keys.platform, "python_version", lambda: "3.99.0")
    assert result_key(PROGRAM, week, POLICY, "namespaces") != before


def test_the_framework_is_its_files_but_for_those_that_only_read_results(
    week: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "torchstone"
    for name in ("judge/draw.py", "jail/worker.py", "kit/data/digits.npz", "cli/grade.py", "feedback/page.html.j2"):
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text("1")
    before = own_digest.__wrapped__(package)
    for name in ("judge/draw.py", "jail/worker.py", "kit/data/digits.npz"):
        (package / name).write_text("2")
        assert own_digest.__wrapped__(package) != before
        (package / name).write_text("1")
    for name in ("cli/grade.py", "feedback/page.html.j2"):
        (package / name).write_text("2")
    assert own_digest.__wrapped__(package) == before

    key = result_key(PROGRAM, week, POLICY, "namespaces")
    monkeypatch.setattr(keys, "own_digest", lambda: "another source")
    assert result_key(PROGRAM, week, POLICY, "namespaces") != key
    monkeypatch.undo()
    monkeypatch.setattr(torchstone, "__version__", "99")
    assert result_key(PROGRAM, week, POLICY, "namespaces") != key


def test_the_course_gives_its_release_and_its_pins(tmp_path: Path) -> None:
    """What stands in a course and bears on no result (a page of docs, another week) leaves the key as it was."""
    from torchstone import config
    from torchstone.batch.service import GradingService

    for name in ("release/week04/week04.ipynb", "release/week05/week05.ipynb", "constraints.txt", "docs/students.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("{}")
    (tmp_path / "graders" / "week04").mkdir(parents=True)
    real = Path(torchstone.__file__).parent.parent / config.FILE
    (tmp_path / config.FILE).write_text(real.read_text())
    course = config.load(tmp_path)

    def key() -> str:
        with GradingService(course, trust=True) as service:
            return service.key("week04", PROGRAM)

    first = key()
    for name in ("docs/students.md", "release/week05/week05.ipynb"):
        (tmp_path / name).write_text("changed")
    assert key() == first
    (tmp_path / "constraints.txt").write_text("torch==0\n")
    second = key()
    (tmp_path / "release/week04/week04.ipynb").write_text("[]")
    third = key()
    (tmp_path / "release/week04/data.csv").write_text("1")
    assert len({first, second, third, key()}) == 4


def test_digests_of_what_is_missing(tmp_path: Path) -> None:
    assert file_digest(tmp_path / "none") == ""
    (tmp_path / "empty").mkdir()
    assert folder_digest(tmp_path / "none") == folder_digest(tmp_path / "empty")


def test_the_key_itself_is_not_in_it(week: Path) -> None:
    hidden = changed(key=dataclasses.replace(PUBLIC_KEY, key=b"something else, of the same fingerprint"))
    assert result_key(PROGRAM, week, hidden, "namespaces") == result_key(PROGRAM, week, POLICY, "namespaces")


def test_a_week_goes_by_what_was_there_when_it_was_opened(week: Path) -> None:
    opened = WeekKeys(week, POLICY, "namespaces")
    before = opened.key(PROGRAM)
    (week / "test_e.py").write_text("edited while judges are at work")
    assert opened.key(PROGRAM) == before
    assert opened.graders != grader_digest(week)
    assert WeekKeys(week, POLICY, "namespaces").key(PROGRAM) != before


def test_a_grader_is_its_files(week: Path) -> None:
    first = grader_digest(week)
    (week / "__pycache__").mkdir()
    (week / "__pycache__" / "test_e.cpython-311.pyc").write_bytes(b"compiled")
    assert grader_digest(week) == first
    (week / "alternatives" / "loops.py").write_text("3")
    second = grader_digest(week)
    assert second != first
    (week / "alternatives" / "loops.py").rename(week / "alternatives" / "vectors.py")
    assert grader_digest(week) not in (first, second)


def test_a_key_costs_neither_torch_nor_pytest() -> None:
    code = "import sys, torchstone.judge.keys; print([m for m in ('torch', 'pytest', 'numpy') if m in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )
