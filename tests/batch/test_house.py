"""Judges of one house: each is killed alone and replaced, and none outlives its owner."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.whole_tree import so_far
from tests.faults.class_of_fifty import below
from torchstone.batch.engine import Brief
from torchstone.batch.local import LocalJudges
from torchstone.model import Cell, GradingPolicy, JailPolicy, Program
from torchstone.secret import PUBLIC_KEY

CANARY = "a-canary-of-the-judges'-own-side"  # as many letters as the search looks for
assert len(CANARY) == 32
GRADER = f'''
"""{CANARY}"""
from torchstone.judge import agree, exercise, points

pytestmark = exercise("double", worlds=["float32"])

@points(2)
def test_value(student, draw):
    """The value"""
    agree(student.double(draw(4, 3)))

@points(1)
def test_search(student, draw):
    """Nothing of the judge's is where a student can look"""
    agree(student.search([byte ^ 0x5A for byte in b"{CANARY}"]), [0, [], []])
'''
SOLUTION = "def double(x):\n    return 2 * x\n\ndef search(masked):\n    return [0, [], []]"
SEARCHING = (
    Path("tests/jail/canary_search.py").read_text()
    + """
def double(x):
    return 2 * x

def search(masked):
    aim(masked)
    return [in_memory()[0], in_environment(), in_descriptors()]
"""
)


@pytest.fixture
def brief(tmp_path: Path) -> Brief:
    folder = tmp_path / "graders" / "week01"
    folder.mkdir(parents=True)
    (folder / "test_double.py").write_text(GRADER)
    policy = GradingPolicy(JailPolicy(preload=()), PUBLIC_KEY, scored_devices=("cpu",))
    return Brief("week01", tmp_path / "graders", policy, program(SOLUTION), tmp_path / "wanted.sqlite")


@pytest.fixture
def judges(brief: Brief, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalJudges]:
    monkeypatch.setenv("TORCHSTONE_CANARY", CANARY)
    opened = LocalJudges(brief, jobs=2)
    yield opened
    opened.close()


def program(source: str) -> Program:
    return Program("week01", (Cell("double", 1, source),))


def earned(judges: LocalJudges, source: str) -> float | None:
    outcome = judges.one(program(source), lambda result: None)
    return None if outcome.result is None else outcome.result.earned


def called(name: str, owner: int | None = None) -> set[int]:
    """Processes below the owner that are called so."""
    found = set()
    for process in below(owner or os.getpid()):
        try:
            if Path(f"/proc/{process}/comm").read_text().strip() == name:
                found.add(process)
        except OSError:
            continue
    return found


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that must come, up to a bound that only a failure meets."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_nothing_of_the_owners_is_in_the_jail_of_a_judge(judges: LocalJudges) -> None:
    assert earned(judges, SEARCHING) == 3
    assert earned(judges, f"{SEARCHING}\nkept = {CANARY!r} + str(0)") == 2  # the search finds what is there
    assert earned(judges, f"{SEARCHING}\nimport os; os.environ['X'] = {CANARY!r}") == 2


def test_what_was_used_below_a_house_is_counted_after_its_end(brief: Brief) -> None:
    on_both = GRADER.replace('worlds=["float32"]', 'worlds=["float32", "accelerator"], accelerator=1')
    (brief.graders / "week01" / "test_double.py").write_text(on_both)
    burning = "import time\n" + SOLUTION.replace(
        "return 2 * x",
        "end = time.process_time() + (x.device.type == 'sim')\n"
        "    while time.process_time() < end: pass\n    return 2 * x",
    )
    judges = LocalJudges(replace(brief, policy=replace(brief.policy, scored_devices=("cpu", "sim"))))
    assert earned(judges, burning) == 4
    used = so_far(os.getpid())
    judges.close()
    assert so_far(os.getpid()) > used - 0.3


def test_whoever_is_killed_is_replaced_and_harms_nobody_else(judges: LocalJudges) -> None:
    with judges._lease() as first, judges._lease() as second:
        assert len(called("judge")) == 2
        first.kill()
        until(lambda: len(called("judge")) == 1)
        assert [r.earned for r in second.results(program(SOLUTION))] == [3, 3]
    for name in ("zygote", "judge house", "judge"):
        for process in called(name):
            with suppress(ProcessLookupError):  # it has ended with one that was killed before it
                os.kill(process, signal.SIGKILL)
        until(lambda: earned(judges, SOLUTION) == 3)
    assert len(called("judge house")) == 1


OWNER = """
import os, sys, time
from tests.batch.test_house import *
from torchstone.batch import protocol
folder = Path(sys.argv[1])
policy = GradingPolicy(JailPolicy(preload=()), PUBLIC_KEY, scored_devices=("cpu",))
judges = LocalJudges(Brief("week01", folder / "graders", policy, program(SOLUTION), folder / "wanted.sqlite"), jobs=2)
with judges._lease(), judges._lease():
    print("ready", flush=True)
    time.sleep(600)
"""


def test_nothing_is_left_when_the_owner_is_killed(brief: Brief, tmp_path: Path) -> None:
    command = [sys.executable, "-c", OWNER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout
        try:
            assert owner.stdout.readline() == "ready\n"
            everyone = below(owner.pid)
            assert len(called("judge", owner.pid)) == 2
            assert len(everyone) >= 6  # the house, two judges, a keeper, a fork server and its two branches
        finally:
            owner.kill()
    until(lambda: not any(_lives(process) for process in everyone))


def _lives(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
