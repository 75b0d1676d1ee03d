"""A probe (one set of inputs for one check) and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from torchstone.compare import Fault
from torchstone.judge.draw import World
from torchstone.judge.trial import Body, Trial
from torchstone.messages import verdicts

#: The automatic device check of every exercise: its name, and its title for a student.
ACCELERATOR = "accelerator"
ACCELERATOR_TITLE = verdicts.accelerator_title()


@dataclass(frozen=True)
class Check:
    """One check of one exercise."""

    exercise: str
    name: str  #: the test function's
    title: str
    points: float
    accelerator: float  #: points of its exercise's device check
    forbidden: tuple[str, ...] = ()  #: names that its exercise's answer may not use


@dataclass(frozen=True)
class Probe:
    """One set of inputs: the check's body, its parameters and the world they are presented in."""

    check: Check
    params: str  #: pytest's id of the parameters, without the world's
    shown: str  #: the parameters as a student reads them
    world: World
    body: Body = field(compare=False)
    args: Mapping[str, Any] = field(compare=False)

    @property
    def name(self) -> str:
        """What its inputs are drawn under: the same in every world."""
        return f"{self.check.exercise}/{self.check.name}/{self.params}"

    @property
    def on_accelerator(self) -> bool:
        return self.world.device != "cpu"


#: "passed"; "failed": by the student; "moot": it could tell nothing; "repeat": the same failed before; "withheld": not
#: tried, which costs; "course": the course's fault; "limit": failed on the accelerator, by what may be the simulator's
#: limit; "absent": the accelerator is not there.
Became = Literal["passed", "failed", "moot", "repeat", "withheld", "course", "limit", "absent"]


@dataclass(frozen=True)
class Finding:
    """What became of a probe."""

    probe: Probe
    became: Became
    fault: Fault | None = None
    reason: str = ""
    trial: Trial | None = None  #: the student's, where there was one
    noted: frozenset[str] = frozenset()  #: forbidden names that were refused, operations that were seen: self-reported
