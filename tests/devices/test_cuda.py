"""A real card beside the CPU and the simulated accelerator: the same scores. `pytest tests/devices/test_cuda.py`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from torchstone import config
from torchstone.contracts.bench import Bench, notebook_exercises
from torchstone.contracts.programs import with_cell
from torchstone.model import Program

WEEK: Final = "week04"
COURSE: Final = config.load(Path(__file__).parents[2])
SIMULATED: Final = ("cpu", "sim")
WITH_A_CARD: Final = ("cpu", "sim", "cuda")


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with Bench(COURSE, WEEK) as opened:
        yield opened


@pytest.fixture(scope="module")
def card(bench: Bench) -> None:
    if bench.zygotes.refusal("cuda"):
        pytest.skip("no CUDA device here")


def programs(bench: Bench, exercise: str) -> Iterator[tuple[str, Program]]:
    yield "the solution", bench.solution
    for stem, source in bench.alternatives(exercise).items():
        yield f"the alternative {stem}", with_cell(bench.solution, exercise, source)
    for misconception in bench.misconceptions(exercise):
        yield f"the misconception {misconception.name}", misconception.program(bench.solution)


@pytest.mark.slow
@pytest.mark.usefixtures("card")
@pytest.mark.parametrize("exercise", notebook_exercises(COURSE, WEEK))
def test_every_program_scores_the_same_on_a_card(bench: Bench, exercise: str) -> None:
    for who, program in programs(bench, exercise):
        simulated, real = (bench.sit(exercise, program, devices).result for devices in (SIMULATED, WITH_A_CARD))
        assert real.earned == simulated.earned, who
        assert [c.status for c in real.checks] == [c.status for c in simulated.checks], who
        assert [c.staff for c in real.checks] == [c.staff for c in simulated.checks], who


def test_a_scored_card_that_is_missing_leaves_the_device_check_undecided(bench: Bench) -> None:
    if not bench.zygotes.refusal("cuda"):
        pytest.skip("there is a CUDA device here")
    sat = bench.sit("dropout", bench.solution, WITH_A_CARD)
    (device,) = (c for c in sat.result.checks if c.check == "accelerator")
    assert (device.status, device.earned) == ("incomplete", 0.0)
    assert device.staff is not None
    assert "no CUDA device here" in device.staff
    assert all(c.status == "passed" for c in sat.result.checks if c is not device)
