"""Who hands in what in the demonstration: `graders/weekNN/demo.toml`, read and checked."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from torchstone.errors import CourseError

Damage = Literal["syntax error", "endless loop", "crash", "truncated", "clever"]


class Participant(BaseModel):
    """One of the class: what is handed in, and what it must earn."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    title: str  #: what the table says was handed in
    base: Literal["solution", "stub", "alternative"] = "solution"
    alternative: str | None = None
    misconceptions: tuple[str, ...] = ()
    damage: Damage | None = None
    exercise: str | None = None  #: whose answer cell is damaged
    late_hours: int = 0
    loses: dict[str, float] = Field(default_factory=dict)  #: exercise → points lost
    loses_everything: bool = False
    penalty: float = 0.0
    page_says: str | None = None  #: a phrase that the student's page must hold


def load(path: Path) -> tuple[Participant, ...]:
    """The class that `path` describes. Raises CourseError."""
    try:
        table = tomllib.loads(path.read_text())
        return tuple(Participant(**entry) for entry in table["participant"])
    except FileNotFoundError:
        raise CourseError(f"{path} is missing; it describes the class of the demonstration") from None
    except (tomllib.TOMLDecodeError, ValidationError, KeyError) as e:
        raise CourseError(f"{path} cannot be used: {e}") from e
