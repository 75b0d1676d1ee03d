"""Wanted values that judges share: what is read back is what the reference gave, or it is computed again."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path
from typing import Any

import pytest
import torch

from torchstone.judge import Judge
from torchstone.judge.trial import Oracle, Seen
from torchstone.judge.wanted import WantedValues

Bench = Any  # the fixture of conftest.py

ORACLE = Oracle(
    here=[Seen({"loss": torch.tensor([1.0, float("nan")]), "sizes": (3, 1)}, False, 2.0), Seen(object(), True, 0.0)],
    truth=[Seen({"loss": torch.tensor([1.0, float("nan")]).double(), "sizes": (3, 1)}, False, 2.0)],
    asserted=2,
    floats=1,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "wanted.sqlite"


def test_what_is_kept_comes_back(path: Path) -> None:
    WantedValues(path, "week01", "d").put("slot", ORACLE)
    found = WantedValues(path, "week01", "d").get("slot")
    assert found is not None
    assert (found.asserted, found.floats) == (2, 1)
    assert [(s.explicit, s.scale) for s in found.here] == [(False, 2.0), (True, 0.0)]
    assert found.here[0].value["sizes"] == (3, 1)
    assert torch.equal(found.here[0].value["loss"].nan_to_num(7), torch.tensor([1.0, 7.0]))
    assert found.truth[0].value["loss"].dtype is torch.float64


def test_another_digest_knows_nothing_and_clears_up(path: Path) -> None:
    WantedValues(path, "week01", "old").put("slot", ORACLE)
    WantedValues(path, "week02", "d").put("slot", ORACLE)
    assert WantedValues(path, "week01", "new").get("slot") is None
    assert WantedValues(path, "week02", "d").get("slot") is not None
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT DISTINCT digest FROM wanted").fetchall() == [("d",)]


def test_what_would_come_back_changed_is_not_kept(path: Path) -> None:
    kept = WantedValues(path, "week01", "d")
    kept.put("a dtype", Oracle([Seen(torch.float32, False, 0.0)], [], 0, 1))
    kept.put("no data", Oracle([Seen(torch.relu, False, 0.0)], [], 0, 1))
    assert (kept.get("a dtype"), kept.get("no data")) == (None, None)


def test_only_the_owner_reads_the_file(path: Path) -> None:
    WantedValues(path, "week01", "d").put("slot", ORACLE)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_damaged_file_costs_nothing_but_time(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"not a database" * 100)
    kept = WantedValues(path, "week01", "d")
    kept.put("slot", ORACLE)
    assert kept.get("slot") is None


def test_a_damaged_row_costs_nothing_but_time(path: Path) -> None:
    kept = WantedValues(path, "week01", "d")
    kept.put("slot", ORACLE)
    with sqlite3.connect(path) as db:
        db.execute("UPDATE wanted SET body = x'00'")
    assert kept.get("slot") is None


def test_a_second_judge_does_not_ask_the_reference(bench: Bench, path: Path) -> None:
    """The reference counts its calls; a judge that reads what another one wrote makes none, and scores alike."""
    calls = path.parent.parent / "calls"
    bench.week(
        bench.one("agree(student.f(draw(3)))"),
        reference=f"""\
        def f(x):
            with open({str(calls)!r}, "a") as file:
                file.write("x")
            return 2 * x
        """,
    )
    given = []
    for _ in range(2):
        with Judge(bench.folder / "graders", bench.cpu_only, zygotes=bench.zygotes, wanted=path) as judge:
            right, wrong = bench.program("# %% e\ndef f(x): return x + x"), bench.program("# %% e\ndef f(x): return x")
            given.append([judge.grade(right).earned, judge.grade(wrong).earned])
        given.append(len(calls.read_text()))
    (first, called, second, called_then) = given
    assert first == second == [2.0, 0.0]
    assert called == called_then > 0
