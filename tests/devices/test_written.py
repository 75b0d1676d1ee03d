"""Faults and right answers that were written before the backend was read (`faults/README.md`), before the judge."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.devices.written import Entry, entries
from torchstone import config
from torchstone.contracts.bench import Bench
from torchstone.judge import accounts
from torchstone.judge.diagnosis import evidence
from torchstone.judge.probe import ACCELERATOR
from torchstone.model import CheckResult, Hint, Program

COURSE: Final = config.load(Path(__file__).parents[2])
ENTRIES: Final = tuple(entries())
FAULTS: Final = tuple(e for e in ENTRIES if e.what == "fault")
RIGHT: Final = tuple(e for e in ENTRIES if e.what == "right")

#: Tried by `make test`; all others by the battery. A fault of each kind, and what is easily mistaken for one.
QUICK: Final = {
    "the result of Sigmoid is filled half by half into a tensor on the CPU",
    "the constant under the root is a vector of one entry, made once",
    "the numbers are asked for on the device, of a generator on the CPU",
    "the mask stays where it was drawn",
    "the statistics are kept in a list, as they came",
    "the device is remembered from the day the module was made",
    "the linear algebra is NumPy's",
    "tensors without axes may stay on the CPU",
    "rows by an index on the CPU, which may pick from a tensor anywhere",
    "inputs that are not on the CPU must be on the GPU",
}

#: What an answer without a registered tensor loses beside the device check: the tensor is not saved either.
ALSO_LOST: Final = {("device_placement", "attribute"): {"test_state"}}

_ELSEWHERE: Final = "a result on another device"
_MIXED: Final = "a tensor on the CPU"

#: By kind: what the mistake may be called, and what the advice must say.
ADVICE: Final[dict[str, tuple[set[str], str]]] = {
    "born": ({_MIXED, _ELSEWHERE}, "`device="),
    "drawn": ({_MIXED}, "and then move what was drawn"),
    "generator": ({"a generator of the CPU"}, "and then move what was drawn"),
    "global": ({_MIXED}, "`.to(x.device)`"),
    "attribute": ({_MIXED}, "`self.register_buffer("),
    "moved": ({_MIXED, _ELSEWHERE}, "on the device of the input"),
    "numpy": ({"a detour through NumPy"}, "Stay in PyTorch"),
    "lengths": ({"an argument that belongs on the CPU"}, "`lengths.cpu()`"),
}

BenchOf = Callable[[str], Bench]


@pytest.fixture(scope="module")
def bench_of() -> Iterator[BenchOf]:
    """The bench of a week; one at a time, since each holds three processes."""
    held: dict[str, Bench] = {}

    def give(week: str) -> Bench:
        if week not in held:
            for bench in held.values():
                bench.close()
            held.clear()
            held[week] = Bench(COURSE, week)
        return held[week]

    yield give
    for bench in held.values():
        bench.close()


def cases(written: tuple[Entry, ...]) -> list[Any]:
    return [pytest.param(e, id=str(e), marks=() if e.title in QUICK else pytest.mark.slow) for e in written]


def graded(bench: Bench, entry: Entry, program: Program) -> dict[str, CheckResult]:
    """The exercise's checks by name, the device's as its author reads it."""
    sat = bench.sit(entry.exercise, program)
    told = accounts.explained(bench.week, bench.zygotes, bench.policy.jail.limits, program, evidence(sat.findings))
    about = told.get((entry.exercise, ACCELERATOR))
    return {c.check: accounts.applied(c, about) if c.check == ACCELERATOR else c for c in sat.result.checks}


def advises(kind: str, hint: Hint | None) -> bool:
    names, says = ADVICE[kind]
    return hint is not None and hint.name in names and says in hint.text


@pytest.mark.parametrize("entry", cases(FAULTS))
def test_a_fault_costs_the_device_check_alone_and_is_named(
    bench_of: BenchOf, entry: Entry, record_property: Callable[[str, object], None]
) -> None:
    bench = bench_of(entry.week)
    cell, line = entry.marked(bench.solution)
    checks = graded(bench, entry, entry.program(bench.solution))
    device = checks.pop(ACCELERATOR)
    lost = {c.check for c in checks.values() if c.earned < c.points}
    caught = device.status == "failed" and lost == ALSO_LOST.get((entry.exercise, entry.kind), set())
    where = device.verdict.where if device.verdict else None
    named = caught and where is not None and (where.cell, where.line) == (f"cell {cell.number}", line)
    for name, value in (("device_fault", str(entry)), ("caught", caught), ("named", named)):
        record_property(name, value)
    assert caught, (device, lost)
    assert named, (where, cell.number, line)
    assert device.verdict is not None
    assert advises(entry.kind, device.verdict.hint), device.verdict.hint


@pytest.mark.parametrize("entry", cases(RIGHT))
def test_a_right_answer_keeps_all_its_points(
    bench_of: BenchOf, entry: Entry, record_property: Callable[[str, object], None]
) -> None:
    bench = bench_of(entry.week)
    checks = graded(bench, entry, entry.program(bench.solution))
    lost = [c for c in checks.values() if c.earned < c.points or c.staff]
    record_property("device_right", not lost)
    assert not lost


def test_there_are_enough_of_them() -> None:
    titles = {e.title for e in ENTRIES}
    assert titles >= QUICK
    assert len(FAULTS) >= 100
    assert len({(e.week, e.exercise) for e in FAULTS}) >= 24
    assert len(RIGHT) >= 60
    assert len({str(e) for e in ENTRIES}) == len(ENTRIES)
    assert {e.kind for e in FAULTS} == set(ADVICE)
