"""What do the framework's hypotheses say of mistakes that authors thought of? Each is named without its author's hint.

    python -m benchmarks.misconceptions week04/mlp_forward_backward

Prints, for each misconception, the checks it fails and the names given. Whether a name is right is for a reader to say:
the list was written without these mistakes in mind.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from benchmarks.rows import Row, alone, figure
from torchstone.config import load
from torchstone.contracts.bench import Bench
from torchstone.judge.diagnosis import Diagnosis, evidence

#: Exercises whose answers are tensors; all names given to their misconceptions were read (docs/diagnosis.md).
EXERCISES: Final = (
    "week04/mlp_forward_backward",
    "week04/k_fold",
    "week04/label_shift_weights",
    "week06/conv2d",
    "week06/avg_pool2d",
    "week06/channels_last",
)


class _WithoutAuthors(Diagnosis):
    """Asks the hypotheses at once."""

    def _explaining(self, *_: object) -> list[object]:  # type: ignore[override]
        return []


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument(
        "exercises", nargs="*", default=EXERCISES, help="such as week04/k_fold (default: those of the docs)"
    )
    return made


def measure(options: argparse.Namespace) -> Iterator[Row]:
    course = load(Path(__file__).parents[1])
    found = []
    for place in options.exercises:
        week, _, exercise = place.partition("/")
        with closing(Bench(course, week)) as bench:
            found.append(_asked(bench, exercise))
    yield figure("checks that misconceptions failed", sum(failed for failed, _ in found))
    yield figure("of these, given a name without their authors' hints", sum(named for _, named in found))


def _asked(bench: Bench, exercise: str) -> tuple[int, int]:
    """How many checks the misconceptions of an exercise fail, and how many of these are given a name."""
    diagnosis = _WithoutAuthors(bench.week, bench.zygotes, bench.policy.jail.limits)
    failed = named = 0
    for m in bench.misconceptions(exercise):
        program = m.program(bench.solution)
        sat = bench.sit(exercise, program, ("cpu",))
        hints = diagnosis.hints(program, evidence(sat.findings))
        lost = sum(check.status == "failed" for check in sat.result.checks)
        failed, named = failed + lost, named + len(hints)
        said = ", ".join(f"{check}: {hint.name}" for (_, check), hint in hints.items()) or "nothing"
        print(f"{exercise} · {m.name}: {lost} checks failed; said: {said}", flush=True)
    return failed, named


if __name__ == "__main__":
    sys.exit(alone(parser(), measure))
