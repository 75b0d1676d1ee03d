"""`course_config.py`, the single configuration, read into a validated Course.

The file is Python, because nbgrader reads it too. It defines one dictionary, `course`; everything in it is checked
here, and a wrong value gives one line: the key, what it was, what is allowed.
"""

from __future__ import annotations

import runpy
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from torchstone.errors import ConfigError, CourseError
from torchstone.model import GradingPolicy, JailPolicy, LatePolicy, Limits
from torchstone.secret import draw_key, load_or_create

FILE: Final = "course_config.py"
Device = Literal["cpu", "sim", "cuda"]
Fraction = Annotated[float, Field(ge=0, le=1)]


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=False, arbitrary_types_allowed=True)


class Topic(_Settings):
    """One session of the course and its assignment."""

    week: int = Field(ge=1)
    date: date
    title: str = Field(min_length=1)
    reading: str
    due: datetime | None = None  #: local time; default: a week after the session, at the end of the day

    @property
    def assignment(self) -> str:
        """«week04»: the name of its folders."""
        return f"week{self.week:02d}"


class _Notebooks(_Settings):
    exercises: float = Field(ge=0)
    explorations: float = Field(ge=0)


class Weights(_Settings):
    """Percent of the final grade; together 100."""

    notebooks: _Notebooks
    presentation: float = Field(ge=0)
    participation: float = Field(ge=0)

    @model_validator(mode="after")
    def _together(self) -> Self:
        total = self.notebooks.exercises + self.notebooks.explorations + self.presentation + self.participation
        if abs(total - 100) > 1e-9:
            raise ValueError(f"weights that add up to 100 (these add up to {total:g})")
        return self


class _Late(_Settings):
    bank_days: int = Field(default=0, ge=0)
    grace_minutes: int = Field(default=0, ge=0)
    per_day: Fraction = 0.0
    at_most: Fraction = 1.0
    closes_days: int | None = Field(default=None, ge=0)


class _Devices(_Settings):
    scored: tuple[Device, ...] = ("cpu", "sim")
    advisory: tuple[Device, ...] = ()

    @field_validator("scored")
    @classmethod
    def _cpu_first(cls, value: tuple[Device, ...]) -> tuple[Device, ...]:
        if "cpu" not in value:
            raise ValueError("a list that holds 'cpu'")
        return value


class _Limits(_Settings):
    cpu_seconds: float = Field(default=10, gt=0, le=3600)
    wall_factor: float = Field(default=4, ge=1, le=100)
    exercise_cpu_seconds: float = Field(default=60, gt=0)
    memory_mb: int = Field(default=4096, ge=512)
    disk_mb: int = Field(default=32, ge=1)
    output_kb: int = Field(default=64, ge=1)
    processes: int = Field(default=32, ge=1)


class _Jail(_Settings):
    tier: Literal["auto", "namespaces", "landlock"] = "auto"
    preload: tuple[str, ...] = (
        "torchstone.kit.check",
        "torchstone.kit.data",
        "torchstone.kit.plots",
        "matplotlib.pyplot",
    )


class Places(_Settings):
    """How many people a topic takes, at least and at most; None: spread evenly, to within one."""

    presentations: tuple[int, int] | None = None
    notebooks: tuple[int, int] | None = None

    @field_validator("presentations", "notebooks")
    @classmethod
    def _ordered(cls, value: tuple[int, int] | None) -> tuple[int, int] | None:
        if value is not None and not 0 <= value[0] <= value[1]:
            raise ValueError("(least, most) with 0 ≤ least ≤ most")
        return value


class Seminar(_Settings):
    """What is given out to the participants: one presentation and three other notebooks each."""

    weeks: tuple[int, ...] | None = None  #: weeks that are given out; None: all
    places: dict[int, Places] = Field(default_factory=dict)  #: week → its own numbers; the others are even


class Grades(_Settings):
    """How parts become a final grade (the weights are `weights`)."""

    drop_lowest: int = Field(default=0, ge=0)  #: weekly exercises that do not count: each person's lowest
    missing: Literal["open", "zero"] = "open"  #: a part that is missing leaves the grade open, or counts as zero
    letters: dict[str, float] = Field(default_factory=dict)  #: letter → the least percent for it; none: no letters
    decimals: int = Field(default=2, ge=0, le=6)  #: of percentages, rounded half up at the very end

    @field_validator("letters")
    @classmethod
    def _down_to_zero(cls, value: dict[str, float]) -> dict[str, float]:
        bounds = list(value.values())
        if bounds and (bounds != sorted(set(bounds), reverse=True) or bounds[-1] != 0 or bounds[0] > 100):
            raise ValueError("letters from the highest bound (at most 100) down to one of 0, each lower than the last")
        return value


class Settings(_Settings):
    """The dictionary `course` of course_config.py."""

    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")
    title: str = Field(min_length=1)
    timezone: str
    topics: tuple[Topic, ...] = Field(min_length=1)
    weights: Weights
    late: _Late = _Late()
    seminar: Seminar = Seminar()
    grades: Grades = Grades()
    devices: _Devices = _Devices()
    limits: _Limits = _Limits()
    jail: _Jail = _Jail()
    secret: str = ".torchstone/secret"
    round: str = Field(default="1", pattern=r"^[A-Za-z0-9_.-]+$")
    gradebook: str = Field(default="sqlite:///gradebook.db", pattern=r"^(sqlite|postgresql(\+psycopg)?)://.+")

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("a name of the IANA time zone database, such as 'Europe/Berlin'") from None
        return value

    @field_validator("topics")
    @classmethod
    def _weeks_once(cls, value: tuple[Topic, ...]) -> tuple[Topic, ...]:
        weeks = [t.week for t in value]
        if len(set(weeks)) != len(weeks):
            raise ValueError("topics whose weeks are all different")
        return value

    @model_validator(mode="after")
    def _known_weeks(self) -> Self:
        weeks = {t.week for t in self.topics}
        if unknown := sorted({*(self.seminar.weeks or ()), *self.seminar.places} - weeks):
            raise ValueError(f"weeks of `topics` in `seminar` ({', '.join(map(str, unknown))} is none)")
        return self


@dataclass(frozen=True)
class Course:
    """A course directory and its validated configuration."""

    root: Path
    settings: Settings

    # ---- what the configuration says ----
    @property
    def id(self) -> str:
        return self.settings.id

    @property
    def title(self) -> str:
        return self.settings.title

    @cached_property
    def timezone(self) -> ZoneInfo:
        return ZoneInfo(self.settings.timezone)

    @property
    def topics(self) -> tuple[Topic, ...]:
        return self.settings.topics

    @property
    def late(self) -> LatePolicy:
        return LatePolicy(**self.settings.late.model_dump())

    def topic(self, assignment: str) -> Topic:
        """The topic of `week04`. Raises CourseError for a week that the course does not have."""
        for topic in self.topics:
            if topic.assignment == assignment:
                return topic
        known = ", ".join(t.assignment for t in self.topics)
        raise CourseError(f"there is no assignment {assignment!r} in {FILE}; it has {known}")

    def due(self, assignment: str) -> datetime:
        """The deadline, aware: the course's wall clock on that day, before or after the clocks change."""
        topic = self.topic(assignment)
        local = topic.due or datetime.combine(topic.date + timedelta(days=7), time(23, 59))
        return local.replace(tzinfo=self.timezone) if local.tzinfo is None else local

    # ---- where things are ----
    @property
    def source(self) -> Path:
        return self.root / "source"

    @property
    def release(self) -> Path:
        return self.root / "release"

    @property
    def graders(self) -> Path:
        return self.root / "graders"

    @property
    def submitted(self) -> Path:
        return self.root / "submitted"

    @property
    def autograded(self) -> Path:
        return self.root / "autograded"

    @property
    def feedback(self) -> Path:
        return self.root / "feedback"

    @property
    def collected(self) -> Path:
        return self.root / "collected"

    @property
    def rubrics(self) -> Path:
        """What people score by: one YAML file for each kind of work."""
        return self.root / "rubrics"

    @property
    def seminar(self) -> Path:
        """The seminar's records: allocation, scores, shared notebooks (mode 700)."""
        return self.root / "seminar"

    @property
    def state(self) -> Path:
        """Our own records: the results store, the lock, backups (mode 700)."""
        return self.root / ".torchstone"

    @property
    def roster(self) -> Path:
        return self.root / "roster.csv"

    @property
    def manifest(self) -> Path:
        return self.collected / "manifest.json"

    @property
    def secret_path(self) -> Path:
        return self.root / self.settings.secret

    @property
    def gradebook_url(self) -> str:
        """SQLAlchemy URL. A relative SQLite path is taken from the course directory; psycopg reaches PostgreSQL."""
        url = self.settings.gradebook.replace("postgresql://", "postgresql+psycopg://", 1)
        if url.startswith("sqlite:///") and not url.startswith("sqlite:////"):
            return f"sqlite:///{self.root / url.removeprefix('sqlite:///')}"
        return url

    @property
    def gradebook_path(self) -> Path | None:
        """The file behind an SQLite gradebook; None for a server."""
        return Path(self.gradebook_url.removeprefix("sqlite:///")) if self.gradebook_url.startswith("sqlite") else None

    # ---- what grading is told ----
    def policy(self, assignment: str, *, trust: bool = False) -> GradingPolicy:
        """The grading policy of an assignment; makes the course's secret if there is none yet.

        `trust` is the instructor's explicit choice to run submissions without a jail; every result then carries it.
        """
        s = self.settings
        return GradingPolicy(
            jail=JailPolicy(
                tier="none" if trust else s.jail.tier, limits=Limits(**s.limits.model_dump()), preload=s.jail.preload
            ),
            key=draw_key(load_or_create(self.secret_path), assignment, s.round),
            scored_devices=s.devices.scored,
            advisory_devices=s.devices.advisory,
        )


def find_root(start: Path) -> Path:
    """The nearest folder at or above `start` that holds course_config.py. Raises CourseError."""
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / FILE).is_file():
            return folder
    raise CourseError(
        f"no {FILE} in {start.resolve()} or above; run this in a course directory or name one with --course DIR"
    )


def load(root: Path) -> Course:
    """Read and validate `root/course_config.py`.

    Raises CourseError (missing) or ConfigError (one line for each wrong value).
    """
    root = root.resolve()
    path = root / FILE
    if not path.is_file():
        raise CourseError(f"no {FILE} in {root}; run this in a course directory or name one with --course DIR")
    try:
        namespace = runpy.run_path(str(path), run_name="course_config")
    except Exception as e:
        raise ConfigError(f"{FILE}{_line_of(e, path)}: {type(e).__name__}: {e}") from e
    if "course" not in namespace:
        raise ConfigError(f"{FILE}: `course` is missing; it is the dictionary that holds the configuration")
    return Course(root, parse(namespace["course"]))


def at(file: str | Path, settings: object) -> Course:
    """The Course of a course_config.py that is being read by someone else (nbgrader)."""
    return Course(Path(file).resolve().parent, parse(settings))


def parse(settings: object) -> Settings:
    """Validate the dictionary `course`. Raises ConfigError."""
    try:
        return Settings.model_validate(settings)
    except ValidationError as e:
        raise ConfigError("\n".join(f"{FILE}: {_explain(error)}" for error in e.errors())) from None


def _explain(error: Any) -> str:
    """One line: the key, what it was, what is allowed."""
    key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error["loc"]).lstrip(".") or "course"
    message: str = error["msg"]
    if error["type"] == "missing":
        return f"{key} is missing"
    if error["type"] == "extra_forbidden":
        return f"{key} is not a key of the configuration; was it misspelt?"
    for beginning in ("Input should be ", "Value error, "):
        message = message.removeprefix(beginning)
    shown = repr(error["input"])
    shown = shown if len(shown) <= 60 else shown[:57] + "…"
    return f"{key} is {shown}; allowed: {message}"


def _line_of(error: BaseException, path: Path) -> str:
    if isinstance(error, SyntaxError):
        return f", line {error.lineno}"
    tb, line = error.__traceback__, None
    while tb is not None:
        if tb.tb_frame.f_code.co_filename == str(path):
            line = tb.tb_lineno
        tb = tb.tb_next
    return f", line {line}" if line else ""
