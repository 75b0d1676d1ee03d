"""The frozen dataclasses that cross layers, and only those. No behaviour beyond derived values."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

Tier = Literal["namespaces", "landlock", "none"]
Status = Literal["passed", "failed", "skipped", "course_fault", "incomplete"]


class Stage(StrEnum):
    """Where a verdict fell. The first stage that fails is what a student reads."""

    RAN = "ran"
    TYPE = "type"
    SHAPE = "shape"
    DTYPE = "dtype"
    DEVICE = "device"
    INPUTS = "inputs"
    FINITE = "finite"
    VALUE = "value"
    GRADIENT = "gradient"
    PROPERTY = "property"


class Basis(StrEnum):
    """What a verdict rests on (ARCHITECTURE.md, trust boundary)."""

    BOUNDARY = "boundary"  #: bytes that crossed the boundary, or their absence: cannot be forged
    SELF_REPORTED = "self-reported"  #: observed inside the jailed process, which student code can rewrite


# ---- programs -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """One code cell on its way to the jail."""

    name: str  #: the grade_id of an answer cell, else "cell-<number>"; unique in a program
    number: int  #: position among the notebook's code cells as the student sees them, from 1
    source: str

    @property
    def label(self) -> str:
        """What a student reads: «cell 7»."""
        return f"cell {self.number}"


@dataclass(frozen=True)
class Program:
    """All that is sent to the jail for one submission, in order."""

    assignment: str
    cells: tuple[Cell, ...]

    @property
    def digest(self) -> str:
        """Content address: equal programs have equal digests."""
        text = json.dumps([self.assignment, [[c.name, c.number, c.source] for c in self.cells]])
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Repair:
    """Something the reader mended or left out; told to the student in one sentence."""

    kind: str  #: "duplicate", "missing", "split", "magic", "unreadable", "metadata", …
    message: str
    cell: str | None = None  #: the label («cell 7») or the grade_id


@dataclass(frozen=True)
class Reading:
    """A submission as we read it: the program, the re-anchored notebook (nbformat 4 JSON), and every repair."""

    program: Program
    notebook: dict[str, object]
    repairs: tuple[Repair, ...] = ()


# ---- verdicts and results -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Where:
    """A place in the student's own code."""

    cell: str  #: «cell 7»
    line: int
    code: str  #: that line of source


@dataclass(frozen=True)
class Hint:
    """A diagnosis: the named misconception that explains every probe of a failed check."""

    name: str
    text: str
    link: str | None = None  #: an http(s) address, or «#dropout»: a section of the notebook


@dataclass(frozen=True)
class Verdict:
    """Why a check failed: stage, evidence, place, and the diagnosis where there is one."""

    stage: Stage
    message: str
    basis: Basis = Basis.BOUNDARY
    where: Where | None = None
    hint: Hint | None = None
    world: str = "float32"
    probe: str = ""  #: the parameters of the probe, as a student may read them

    @property
    def unexplained(self) -> bool:
        """Numbers differ, and no cause is known. An exception, a type or a property says itself what is wrong."""
        return self.hint is None and self.stage in (Stage.SHAPE, Stage.FINITE, Stage.VALUE, Stage.GRADIENT)


@dataclass(frozen=True)
class CheckResult:
    """One check of one exercise: all its probes together."""

    exercise: str
    check: str  #: the test function's name, or "accelerator" for the automatic device check
    title: str  #: first line of the docstring: what a student reads
    points: float
    earned: float
    status: Status
    device: str = "cpu"
    probes: int = 0
    verdict: Verdict | None = None
    staff: str | None = None  #: a note that only staff read (a course fault, a limit of the simulator)


@dataclass(frozen=True)
class BrokenCell:
    """A cell that failed while the program was loaded; the others went on."""

    cell: str  #: «cell 7»
    message: str
    line: int | None = None
    code: str | None = None


@dataclass(frozen=True)
class ExerciseResult:
    """One exercise: the sum of its checks."""

    exercise: str
    points: float
    earned: float
    checks: tuple[CheckResult, ...]


@dataclass(frozen=True)
class Result:
    """What one program earned, and what that was made of (the receipt)."""

    assignment: str
    program: str  #: the program's digest
    key: str  #: content address of everything the result depends on
    exercises: tuple[ExerciseResult, ...]
    tier: Tier
    trusted: bool = False  #: graded without a jail, by the instructor's explicit choice
    fingerprint: str = ""  #: of the course's secret
    round: str = "1"
    devices: tuple[str, ...] = ("cpu",)
    missing_devices: tuple[str, ...] = ()  #: scored devices that were not there: the result is incomplete
    broken_cells: tuple[BrokenCell, ...] = ()
    output: str = ""  #: what the program printed while loading, capped
    cpu_seconds: float = 0.0
    diagnosed: bool = False
    graders: str = ""  #: the digest of the graders' folder

    @property
    def points(self) -> float:
        return sum(e.points for e in self.exercises)

    @property
    def earned(self) -> float:
        return sum(e.earned for e in self.exercises)

    @property
    def complete(self) -> bool:
        """No scored device missing, nothing left undecided, and no fault of the course."""
        undecided = any(c.status == "incomplete" for e in self.exercises for c in e.checks)
        return not self.missing_devices and not undecided and not self.course_faults

    @property
    def course_faults(self) -> tuple[CheckResult, ...]:
        return tuple(c for e in self.exercises for c in e.checks if c.status == "course_fault")


@dataclass(frozen=True)
class DeclaredCheck:
    """A check as the graders declare it."""

    name: str
    title: str
    points: float


@dataclass(frozen=True)
class DeclaredExercise:
    """An exercise as the graders declare it, its automatic device check included."""

    id: str
    points: float
    checks: tuple[DeclaredCheck, ...]


# ---- what grading is told -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Limits:
    """Bounds on one jailed child. CPU time counts; wall time is a generous multiple against sleepers."""

    cpu_seconds: float = 10.0  #: for one check (one child), loading included
    wall_factor: float = 4.0  #: wall limit = cpu_seconds × wall_factor
    exercise_cpu_seconds: float = 60.0  #: budget over all checks of an exercise
    memory_mb: int = 4096
    disk_mb: int = 32
    output_kb: int = 64
    processes: int = 32


@dataclass(frozen=True)
class JailPolicy:
    """How the jail is to be built."""

    tier: Literal["auto", "namespaces", "landlock", "none"] = "auto"  #: "none" only by --i-trust-this-code
    limits: Limits = field(default_factory=Limits)
    preload: tuple[str, ...] = (
        "torchstone.kit.check",
        "torchstone.kit.data",
        "torchstone.kit.plots",
        "matplotlib.pyplot",
    )


@dataclass(frozen=True)
class DrawKey:
    """What inputs are drawn from: derived from the course's secret for one assignment and grading round."""

    key: bytes
    fingerprint: str
    round: str = "1"


@dataclass(frozen=True)
class GradingPolicy:
    """Everything beside the program and the graders that a result depends on."""

    jail: JailPolicy
    key: DrawKey
    scored_devices: tuple[str, ...] = ("cpu", "sim")
    advisory_devices: tuple[str, ...] = ()
    release: str = ""  #: digest of what students were given; "" before there is a release
    constraints: str = ""  #: digest of the course's pins; "" where it has none


# ---- what feedback is written from ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class ExerciseScore:
    """One exercise's line in the gradebook: what the checks gave and what a grader gave."""

    exercise: str
    title: str
    auto: float | None  #: points by the checks; None where nothing is graded automatically, or not yet
    manual: float | None  #: points by a grader, which replace the automatic ones; None where none were given
    maximum: float
    comment: str = ""  #: the grader's words to the student
    needs_manual: bool = False  #: a grader has still to look at it

    @property
    def score(self) -> float:
        """What counts: the grader's points where given, else the automatic ones, else 0."""
        return self.manual if self.manual is not None else self.auto or 0.0


@dataclass(frozen=True)
class LateNote:
    """A late penalty and its reason."""

    days: int
    penalty: float  #: points taken off, ≥ 0
    reason: str


@dataclass(frozen=True)
class StudentReport:
    """All that a feedback page says about one student's assignment."""

    student: str
    name: str
    assignment: str
    title: str
    result: Result | None  #: None where nothing was handed in or graded
    repairs: tuple[Repair, ...]
    exercises: tuple[ExerciseScore, ...]
    late: LateNote | None
    received: datetime | None
    total: float  #: after the late penalty
    maximum: float
    flags: tuple[str, ...] = ()  #: for staff only


# ---- the course's records --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LatePolicy:
    """What a late submission costs. Fractions are of the assignment's maximum."""

    grace_minutes: int = 0  #: no penalty within this time after the deadline
    per_day: float = 0.0  #: fraction lost for each started day after it
    at_most: float = 1.0  #: the greatest fraction that can be lost
    closes_days: int | None = None  #: days after which nothing is accepted any more (all is lost)
    bank_days: int = 0  #: late days that each student has free in the whole course, spent in the order of deadlines


@dataclass(frozen=True)
class Grading:
    """That one submission was graded: whose, from which attempt, to which result."""

    assignment: str
    student: str
    key: str  #: of the Result in the store
    attempt: str  #: sha256 of the bytes that were read
    repairs: tuple[Repair, ...] = ()
    received: datetime | None = None  #: from our own manifest
    graded: datetime | None = None
