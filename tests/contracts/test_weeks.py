"""Every week's graders, graded: what `torchstone week check` proves without a jail or with the solution alone.

`make battery` runs the command itself for every week, and with it the rest: alternatives, misconceptions, notebook.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from torchstone import config
from torchstone.contracts.bench import Bench, notebook_exercises, weeks
from torchstone.contracts.proofs import HEAVY, PROOFS, prove

COURSE = config.load(Path(__file__).parents[2])
WEEKS = weeks(COURSE)

CASES = [
    pytest.param(week, exercise, proof, id=f"{week}-{exercise}-{proof}")
    for week in WEEKS
    for exercise in notebook_exercises(COURSE, week)
    for proof in PROOFS
    if proof not in HEAVY
]


@pytest.fixture(scope="module")
def benches() -> Iterator[dict[str, Bench]]:
    opened: dict[str, Bench] = {}
    yield opened
    for bench in opened.values():
        bench.close()


@pytest.mark.parametrize(("week", "exercise", "proof"), CASES)
def test_it_holds(benches: dict[str, Bench], week: str, exercise: str, proof: str):
    if week not in benches:
        benches[week] = Bench(COURSE, week)
    found = prove(benches[week], exercise, proof)
    assert not found.complaints, "\n".join(found.complaints)
    assert found.tried or proof == "cotangents"
