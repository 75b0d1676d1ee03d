"""What the thirty of `torchstone demo --seminar` do in a semester: drawn from one seed, so it is always the same."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from torchstone.collecting import Attempt
from torchstone.config import Topic
from torchstone.notebook import dumps
from torchstone.seminar.rubric import Rubric

#: Of every synthetic week: five exercises and the exploration.
CELLS: Final[Mapping[str, float]] = {**{f"exercise_{n}_check": 10.0 for n in range(1, 6)}, "exploration": 10.0}
#: Who hands in nothing, and when. A person's first missing week is dropped as the lowest; a second one stays open.
ABSENT: Final[Mapping[str, tuple[int, ...]]] = {
    "participant-11": (3,),
    "participant-17": (6, 12),
    "participant-23": (9,),
}
#: Hours after the deadline.
LATE: Final[Mapping[tuple[str, int], float]] = {
    ("participant-03", 4): 20,
    ("participant-05", 5): 40,
    ("participant-08", 7): 30,
    ("participant-08", 8): 50,
    ("participant-08", 10): 70,
    ("participant-14", 9): 200,
    ("participant-21", 8): 24.5,
}
#: Days that staff granted.
EXTENSIONS: Final[Mapping[tuple[str, int], int]] = {("participant-05", 5): 2, ("participant-14", 9): 3}


@dataclass(frozen=True)
class Member:
    """One of the thirty: a neutral id and how much of everything they get right, on average."""

    id: str
    skill: float


def people(count: int, seed: int) -> tuple[Member, ...]:
    """Ids `participant-01` … and a skill between 0.6 and 0.98 each."""
    source = random.Random(seed)
    return tuple(Member(f"participant-{n:02d}", source.uniform(0.6, 0.98)) for n in range(1, count + 1))


def roster(members: Sequence[Member]) -> str:
    """The class as roster.csv."""
    rows = [f"{p.id},{p.id.removeprefix('participant-')},Participant,{p.id}@example.org,A" for p in members]
    return "\n".join(["id,last_name,first_name,email,section", *rows, ""])


def rankings(members: Sequence[Member], topics: Sequence[Topic], seed: int) -> str:
    """A filled ranking sheet: the middle of the course is liked best; one in four is away on one day."""
    source = random.Random(f"rankings {seed}")
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["id", "away", *(t.assignment for t in topics)])
    for p in members:
        liking = {t.assignment: source.gauss(0, 3) - abs(t.week - 9) for t in topics}
        order = sorted(liking, key=lambda topic: -liking[topic])
        away = source.choice(topics).assignment if source.random() < 0.25 else ""
        rows.writerow([p.id, away, *(order.index(t.assignment) + 1 for t in topics)])
    return out.getvalue()


def exercise_scores(
    members: Sequence[Member], topics: Sequence[Topic], seed: int
) -> dict[str, dict[str, dict[str, float | None]]]:
    """Assignment → participant → cell → points, in halves; who is absent has none, and people score explorations."""
    source = random.Random(f"exercises {seed}")
    found: dict[str, dict[str, dict[str, float | None]]] = {}
    for topic in topics:
        given: dict[str, dict[str, float | None]] = {}
        for p in members:
            cells = {c: _points(source, p.skill, maximum) for c, maximum in CELLS.items() if c != "exploration"}
            if topic.week not in ABSENT.get(p.id, ()):
                given[p.id] = {**cells, "exploration": None}
        found[topic.assignment] = given
    return found


def received(person: str, topic: Topic, due: datetime) -> datetime:
    """When a participant's notebook came in."""
    early = random.Random(f"received {person} {topic.week}").uniform(1, 60)
    return due.astimezone(UTC) + timedelta(hours=LATE.get((person, topic.week), -early))


def attempt(person: str, topic: Topic, due: datetime) -> Attempt:
    """The manifest's record of it."""
    return Attempt(
        person,
        topic.assignment,
        1,
        "0" * 64,
        0,
        received(person, topic, due),
        "given",
        "synthetic",
        f"{topic.assignment}/{person}/1.ipynb",
    )


def marks(rubric: Rubric, person: Member, topic: str, grader: str, seed: int) -> dict[str, float]:
    """Points by item of a rubric: one choice of each group of choices, halves for the others."""
    source = random.Random(f"{rubric.kind} {person.id} {topic} {grader} {seed}")
    choices = {item.id: group for group, items in rubric.choices.items() for item in items}
    given = {i.id: _points(source, person.skill, i.points) for i in rubric.items if i.id not in choices}
    for items in rubric.choices.values():
        best = max(items, key=lambda i: i.points)
        others = [i for i in items if i is not best]
        chosen = best if not others or source.random() < person.skill else source.choice(others)
        given |= {i.id: i.points if i is chosen else 0.0 for i in items}
    return given


def exploration(person: str, topic: Topic) -> bytes:
    """A notebook that a participant shares."""
    text = (
        f"# {topic.title}: an exploration\n\n"
        f"A synthetic notebook of {person}. **Question.** Which quantity changes with depth, and which does not?\n\n"
        "**Result.** The scale of the signal stays where weights are scaled by $1/\\sqrt{n}$."
    )
    cells: list[dict[str, Any]] = [
        {"cell_type": "markdown", "id": "question", "metadata": {}, "source": text},
        {
            "cell_type": "code",
            "id": "experiment",
            "metadata": {},
            "source": "torch.manual_seed(0)\nscales = [x.std().item() for x in layers]",
            "outputs": [],
            "execution_count": None,
        },
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return dumps({"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}).encode()


def _points(source: random.Random, skill: float, maximum: float) -> float:
    """Around skill · maximum, in steps of a half."""
    return min(maximum, max(0.0, round(2 * maximum * source.gauss(skill, 0.12)) / 2))
