"""Checks of something random: how often right code fails by chance, and which mistakes they never let through.

A grader whose checks judge a sample states at its top how often right code fails in one grading,

    FALSE_FAILURE = 1e-12

with the bound that gives it in the docstring of the file. Its power on each misconception is measured by
`torchstone.contracts.flakiness`: a misconception that passed once in all those seeds would have turned round.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from torchstone.config import Course
from torchstone.contracts.bench import Bench
from torchstone.contracts.flakiness import digest_of, kept
from torchstone.contracts.impostors import WatchedDraw
from torchstone.judge.implementations import Local
from torchstone.judge.trial import Trial

STATED: Final = "FALSE_FAILURE"
#: How often right code may fail in one grading.
LIMIT: Final = 1e-9
#: What is said of the power, is said with this confidence.
CONFIDENCE: Final = 0.95


def false_failure(bench: Bench, exercise: str) -> float | None:
    """What the grader of an exercise states; None where it states nothing. Of several files, the sum."""
    files = {p.body.__code__.co_filename: p.body.__globals__.get(STATED) for p in bench.probes(exercise)}
    stated = [rate for rate in files.values() if rate is not None]
    return sum(stated) if stated else None


def unstated(bench: Bench, exercise: str) -> Iterator[str | None]:
    """Complaints: a check that draws a generator, in a file that states no rate; a rate that is none, or too high."""
    for check in bench.checks(exercise):
        probes = [p for p in bench.probes(exercise) if p.check == check][:1]
        stated = any(STATED in p.body.__globals__ for p in probes)
        for probe in probes:
            draw = WatchedDraw(bench.week.key, probe.name, probe.world.here())
            Trial().run(probe.body, probe.args, Local(bench.week.names), draw)
            silent = f"{check.name} draws a generator: state {STATED} = … in its file, at most {LIMIT:g}, and its bound"
            yield silent if draw.sampled and not stated else None
    rate = false_failure(bench, exercise)
    if rate is not None:
        yield (
            None
            if 0 <= rate <= LIMIT
            else f"{STATED} is {rate!r}: right code may fail with a probability of {LIMIT:g} at most"
        )


@dataclass(frozen=True)
class Chance:
    """What is known of an exercise whose checks judge a sample."""

    exercise: str
    false_failure: float  #: of right code, in one grading: stated by the grader
    seeds: int  #: with which its misconceptions were graded; 0 if they were not, since it changed
    caught: Mapping[str, Sequence[str]]  #: misconception → the checks that it failed with every one of them

    @property
    def power(self) -> float:
        """How often at least a mistake is caught that was caught each time, with CONFIDENCE (Clopper and Pearson)."""
        return float((1 - CONFIDENCE) ** (1 / self.seeds)) if self.seeds else 0.0


def chances(course: Course, bench: Bench) -> Iterator[Chance]:
    """The exercises of a week that state a rate of false failure, with what is kept of their power."""
    record = kept(course, bench.week.folder.name)
    for exercise in bench.names:
        rate = false_failure(bench, exercise)
        if rate is not None:
            known = record.get(exercise, digest_of(bench, exercise))
            yield Chance(exercise, rate, known.get("seeds", 0), known.get("caught", {}))
