"""A result's key changes with everything a result depends on, and with nothing else."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from torchstone.judge import grader_digest, result_key
from torchstone.model import Cell, DrawKey, GradingPolicy, JailPolicy, Limits, Program
from torchstone.secret import PUBLIC_KEY

PROGRAM = Program("week01", (Cell("e", 1, "x = 1\n"),))
OTHER = Program("week01", (Cell("e", 1, "x = 2\n"),))
POLICY = GradingPolicy(JailPolicy(), PUBLIC_KEY)


@pytest.fixture
def week(tmp_path: Path) -> Path:
    (tmp_path / "alternatives").mkdir()
    (tmp_path / "test_e.py").write_text("1")
    (tmp_path / "alternatives" / "loops.py").write_text("2")
    return tmp_path


def changed(**fields: object) -> GradingPolicy:
    return dataclasses.replace(POLICY, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "other",
    [
        lambda w: result_key(OTHER, w, POLICY, "namespaces"),
        lambda w: result_key(PROGRAM, w, POLICY, "landlock"),
        lambda w: result_key(PROGRAM, w, POLICY, "namespaces", PROGRAM),
        lambda w: result_key(PROGRAM, w, changed(jail=JailPolicy(limits=Limits(cpu_seconds=9))), "namespaces"),
        lambda w: result_key(PROGRAM, w, changed(jail=JailPolicy(preload=())), "namespaces"),
        lambda w: result_key(PROGRAM, w, changed(scored_devices=("cpu",)), "namespaces"),
        lambda w: result_key(PROGRAM, w, changed(key=DrawKey(b"", "another")), "namespaces"),
        lambda w: result_key(PROGRAM, w, changed(key=dataclasses.replace(PUBLIC_KEY, round="2")), "namespaces"),
    ],
)
def test_what_a_result_depends_on(week: Path, other: Callable[[Path], str]) -> None:
    assert result_key(PROGRAM, week, POLICY, "namespaces") != other(week)


def test_the_key_itself_is_not_in_it(week: Path) -> None:
    hidden = changed(key=dataclasses.replace(PUBLIC_KEY, key=b"something else, of the same fingerprint"))
    assert result_key(PROGRAM, week, hidden, "namespaces") == result_key(PROGRAM, week, POLICY, "namespaces")


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
