"""`torchstone week mutate`: mistakes that a machine thought of, graded; which of them lose nothing?

A mutant that loses nothing is a survivor: a check is missing, or the mutant is equivalent, which its author says in
`graders/weekNN/equivalents.toml` with a reason, and which is then tried on 10,000 probes.

What a mutant came to is kept under a digest of all that it depends on in the week, so that only what has changed is
tried again, and of the rest a sample.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from torchstone.config import Course
from torchstone.contracts import mutants as operators
from torchstone.contracts import programs
from torchstone.contracts.bench import CPU, EVERYWHERE, Bench
from torchstone.contracts.equivalents import Equivalent, equivalents, tell_apart
from torchstone.contracts.kept import Kept, digest
from torchstone.contracts.mutants import Mutant, mutants
from torchstone.contracts.pool import Progress, worked
from torchstone.errors import CourseError
from torchstone.judge.probe import Finding
from torchstone.model import Limits

#: A mutant that never ends need not be waited for as long as a student's program.
LIMITS: Final = Limits(cpu_seconds=3.0, wall_factor=15.0)
#: Of the mutants whose fate is known, one in so many is tried again.
SAMPLE: Final = 20
#: At most this part of the mutants may be called equivalent.
EQUIVALENT: Final = 0.05

Name = tuple[str, str, str, str]  #: of a mutant

_CHUNK: Final = 12  #: mutants, between two words of progress


@dataclass(frozen=True)
class Fate:
    """What became of one exercise's mutants."""

    exercise: str
    tried: int  #: graded now
    known: int  #: kept from before
    survivors: tuple[Mutant, ...]
    equivalent: int


@dataclass(frozen=True)
class Mutation:
    """What became of all mutants of a week."""

    assignment: str
    fates: tuple[Fate, ...]
    complaints: tuple[str, ...]  #: of what is said to be equivalent
    seconds: float

    @property
    def total(self) -> int:
        return sum(f.tried + f.known for f in self.fates)

    @property
    def survivors(self) -> tuple[Mutant, ...]:
        return tuple(m for f in self.fates for m in f.survivors)

    @property
    def holds(self) -> bool:
        return not self.survivors and not self.complaints

    def as_json(self) -> dict[str, Any]:
        """For other programs."""
        return {**asdict(self), "holds": self.holds, "total": self.total}


def mutate_week(
    course: Course,
    assignment: str,
    exercises: Sequence[str] = (),
    *,
    jobs: int = 2,
    fresh: bool = False,
    progress: Progress = lambda what, done, total: None,
) -> Mutation:
    """Grade every mutant of the solution on its own exercise. `fresh` tries all of them again.

    Raises CourseError for a week or an exercise that there is not, CourseFault for graders that cannot be collected.
    """
    began = time.monotonic()
    bench = Bench(course, assignment)
    if unknown := [e for e in exercises if e not in bench.names]:
        raise CourseError(f"{assignment} has no exercise {', '.join(unknown)}; there are {', '.join(bench.names)}")
    wanted = tuple(exercises) or bench.names
    made = {e: mutants(e, _cell(bench, e)) for e in wanted}
    record = Kept(course, assignment, "mutants")
    digests = {e: _digest(bench, e) for e in wanted}
    before = {e: {} if fresh else record.get(e, digests[e]) for e in wanted}
    known = {e: _names(before[e].get("survivors")) for e in wanted}
    again = {e: _to_try(made[e], known[e]) for e in wanted}
    units = [tuple(ms[i : i + _CHUNK]) for ms in again.values() for i in range(0, len(ms), _CHUNK)]
    alive: set[Name] = set()
    for number, (unit, lived) in enumerate(worked(course, assignment, _survive, units, jobs, LIMITS), 1):
        alive |= {m.name for m, lives in zip(unit, lived, strict=True) if lives}
        progress(f"{unit[0].exercise} mutants", number, len(units))
    for e in wanted:
        tried = {m.name for m in again[e]}
        alive |= {m.name for m in made[e] if m.name not in tried and m.name in (known[e] or ())}
    of_the_week = equivalents(bench.week.folder)
    claims = tuple(q for q in of_the_week if q.exercise in wanted)
    complaints = [*_about_claims(claims, made, alive), *_too_many(of_the_week, bench)]
    own = {e: frozenset(q.name for q in claims if q.exercise == e) for e in wanted}
    shown = {e: _names(before[e].get("identical")) or frozenset() for e in wanted}
    to_show = [(e, own[e]) for e in wanted if own[e] - shown[e]]
    survivors = {e: sorted(m.name for m in made[e] if m.name in alive) for e in wanted}
    for e in wanted:
        record.put(e, digests[e], survivors=survivors[e], identical=sorted(own[e] & shown[e]), mutants=len(made[e]))
    record.write()  # what follows takes long, and may be stopped
    for number, ((e, names), differing) in enumerate(worked(course, assignment, _told_apart, to_show, jobs, LIMITS), 1):
        complaints += differing
        if not differing:
            record.put(e, digests[e], survivors=survivors[e], identical=sorted(names), mutants=len(made[e]))
            record.write()
        progress(f"{e} equivalents", number, len(to_show))
    excused = {q.name for q in claims}
    fates = tuple(
        Fate(
            e,
            len(again[e]),
            len(made[e]) - len(again[e]),
            tuple(m for m in made[e] if m.name in alive - excused),
            sum(q.exercise == e for q in claims),
        )
        for e in wanted
    )
    return Mutation(assignment, fates, tuple(complaints), time.monotonic() - began)


def _names(rows: Iterable[Iterable[str]] | None) -> frozenset[Name] | None:
    """Names of mutants as they were kept; None if nothing was."""
    return None if rows is None else frozenset((e, f, b, a) for e, f, b, a in rows)


def _cell(bench: Bench, exercise: str) -> str:
    cell = programs.cell_of(bench.solution, exercise)
    return cell.source if cell else ""


def _to_try(made: Sequence[Mutant], known: frozenset[Name] | None) -> list[Mutant]:
    """All of them; or, where their fate is known, one in SAMPLE, and the survivors."""
    if known is None:
        return list(made)
    return [m for m in made if m.name in known or _number(*m.name) % SAMPLE == 0]


def _number(*texts: str) -> int:
    return int.from_bytes(hashlib.sha256("\n".join(texts).encode()).digest()[:4], "big")


# ---- in a worker process --------------------------------------------------------------------------------------------


def _survive(bench: Bench, chunk: tuple[Mutant, ...]) -> list[bool]:
    """Which of them lose no points."""
    return [_survives(bench, m) for m in chunk]


def _survives(bench: Bench, mutant: Mutant) -> bool:
    whole = programs.alone(bench.solution, mutant.exercise, bench.names)
    program = programs.with_cell(whole, mutant.exercise, mutant.source)
    first = bench.sit(mutant.exercise, program, CPU, until=_costs, only="float32")
    if any(map(_costs, first.findings)):
        return False
    return bench.sit(mutant.exercise, program, EVERYWHERE, until=_costs).full


def _costs(finding: Finding) -> bool:
    return finding.became in ("failed", "withheld")


def _told_apart(bench: Bench, of: tuple[str, frozenset[Name]]) -> list[str]:
    exercise, names = of
    return tell_apart(bench, exercise, [m for m in mutants(exercise, _cell(bench, exercise)) if m.name in names])


# ---- what is said to be equivalent ----------------------------------------------------------------------------------


def _about_claims(claims: Sequence[Equivalent], made: Mapping[str, Sequence[Mutant]], alive: set[Name]) -> list[str]:
    there = {m.name for ms in made.values() for m in ms}
    gone = [f"equivalents.toml: there is no such mutant any more: {q}" for q in claims if q.name not in there]
    dead = [f"equivalents.toml: it loses points, so it is not: {q}" for q in claims if q.name in there - alive]
    return [*gone, *dead]


def _too_many(claims: Sequence[Equivalent], bench: Bench) -> list[str]:
    """The cap is the week's, whichever of its exercises are tried."""
    total = sum(len(mutants(e, _cell(bench, e))) for e in bench.names)
    limit = max(int(EQUIVALENT * total), 1)
    if len(claims) <= limit:
        return []
    said = f"{len(claims)} of the week's {total} mutants are said to be equivalent, and at most {limit} may be"
    return [f"equivalents.toml: {said}: sharpen a check"]


def _digest(bench: Bench, exercise: str) -> str:
    """Of the solution's cells, the exercise's checks, the reference, and the operators."""
    program = programs.alone(bench.solution, exercise, bench.names)
    return digest(bench, exercise, (program.digest.encode(), Path(operators.__file__).read_bytes()))
