"""The receipt of an allocation: everything that it was made of, with codes in place of people.

It can be published. Anyone can solve the problem in it again, see that every stage reaches the same and nothing better,
and find the row of the code that they were told.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from torchstone.errors import AllocationError, CourseError
from torchstone.seminar.topics.problem import (
    KINDS,
    Answer,
    Fixed,
    Objectives,
    Problem,
    objectives,
)
from torchstone.seminar.topics.solve import Progress, Solution, solve
from torchstone.seminar.topics.validate import faults

_VERSION: Final = 1


@dataclass(frozen=True)
class Receipt:
    """A solved problem; people are codes."""

    course: str
    seed: str
    problem: Problem
    solution: Solution

    def dumps(self) -> str:
        """As JSON text."""
        answer = {
            p.id: {kind: list(self.solution.answer.topics(kind)[p.id]) for kind in KINDS} for p in self.problem.people
        }
        content = {
            "version": _VERSION,
            "course": self.course,
            "seed": self.seed,
            "model": self.problem.as_data(),
            "model_sha256": self.problem.digest,
            "stages": self.solution.objectives.as_data(),
            "answer": dict(sorted(answer.items())),
        }
        return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def code(key: bytes, student: str) -> str:
    """What stands for a student in receipts: nobody without the course's secret can tell whose it is."""
    return hmac.digest(key, f"topics/{student}".encode(), "sha256").hex()[:10]


def coded(problem: Problem, codes: Mapping[str, str]) -> Problem:
    """The same problem with codes in place of people."""
    people = tuple(replace(p, id=codes[p.id]) for p in problem.people)
    fixed = frozenset(Fixed(codes[f.person], f.kind, f.topic) for f in problem.fixed)
    return replace(problem, people=tuple(sorted(people, key=lambda p: p.id)), fixed=fixed)


def read_receipt(path: Path) -> Receipt:
    """Reads a receipt. Raises CourseError if it is none, or its model was changed."""
    try:
        content: dict[str, Any] = json.loads(path.read_bytes())
        if content["version"] != _VERSION:
            raise CourseError(f"{path} is not a receipt of version {_VERSION}; it was written by another Torchstone")
        problem = Problem.from_data(content["model"])
        answer = Answer(
            {who: tuple(map(str, given["presentation"])) for who, given in content["answer"].items()},
            {who: tuple(map(str, given["notebook"])) for who, given in content["answer"].items()},
        )
        stages = Objectives(**{name: int(value) for name, value in content["stages"].items()})
        digest = str(content["model_sha256"])
        receipt = Receipt(str(content["course"]), str(content["seed"]), problem, Solution(answer, stages))
    except OSError as e:
        raise CourseError(f"{path} cannot be read: {e.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as e:
        raise CourseError(f"{path} is no receipt of an allocation ({type(e).__name__}: {e})") from None
    if problem.digest != digest:
        raise CourseError(f"{path}: its model is not the one that was hashed; the file was changed")
    return receipt


def verify(receipt: Receipt, progress: Progress = lambda stage: None) -> tuple[str, ...]:
    """Checks the answer of a receipt and solves its problem again; returns what was seen, line by line.

    Raises AllocationError at the first thing that does not hold.
    """
    problem, claimed = receipt.problem, receipt.solution
    if wrong := faults(problem, claimed.answer):
        raise AllocationError(f"the receipt's allocation breaks a rule: {wrong[0]}")
    seen = [f"{len(problem.people)} people have 1 presentation and 3 other notebooks each, within all places"]
    counted = objectives(problem, claimed.answer, receipt.seed)
    if counted != claimed.objectives:
        raise AllocationError(f"the receipt says {_words(claimed.objectives)}; its allocation has {_words(counted)}")
    seen.append(f"its allocation has {_words(counted)}, as it says")
    again = solve(problem, receipt.seed, progress)
    if again is None or again.objectives != counted:
        best = "none" if again is None else _words(again.objectives)
        raise AllocationError(f"solved again the best has {best}; the receipt has {_words(counted)}")
    seen.append("solved again, no stage can be better")
    if again.answer == claimed.answer:
        seen.append("solved again, everyone gets the same topics")
    else:
        seen.append("solved again, an allocation that is equally good in every stage came out")
    return tuple(seen)


def _words(reached: Objectives) -> str:
    return (
        f"worst presentation rank {reached.worst_presentation}, worst notebook rank {reached.worst_notebook}, "
        f"sum of ranks {reached.total} (ties {reached.ties})"
    )
