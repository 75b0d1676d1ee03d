"""Every week's graders, graded: what `torchstone week check` proves, proof by proof."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from torchstone import config
from torchstone.contracts.bench import Bench, notebook_exercises, weeks
from torchstone.contracts.kernel import run_notebook
from torchstone.contracts.proofs import HEAVY, PROOFS, prove

COURSE = config.load(Path(__file__).parents[2])
WEEKS = weeks(COURSE)

CASES = [
    pytest.param(
        week, exercise, proof, id=f"{week}-{exercise}-{proof}", marks=pytest.mark.slow if proof in HEAVY else ()
    )
    for week in WEEKS
    for exercise in notebook_exercises(COURSE, week)
    for proof in PROOFS
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
    assert found.tried or proof in ("rewritten", "cotangents")


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.parametrize("week", WEEKS)
def test_the_solution_notebook_runs_in_a_kernel_within_its_time(week: str):
    # other work on the machine only ever adds time: the best of three runs is the nearest to the truth
    complaints = []
    for _ in range(3):
        run = run_notebook(COURSE.source / week / f"{week}.ipynb")
        if not run.complaints:
            return
        complaints.append(run.complaints)
    pytest.fail(f"{week} in three runs: {complaints}")
