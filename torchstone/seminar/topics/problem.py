"""What is asked of an allocation: people with ranked topics, places, days away, and what is fixed beforehand."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from torchstone.seminar.allocation import NOTEBOOKS

Kind = Literal["presentation", "notebook"]
KINDS: Final[tuple[Kind, ...]] = ("presentation", "notebook")
#: How many topics of a kind each person has.
EACH: Final[Mapping[Kind, int]] = {"presentation": 1, "notebook": NOTEBOOKS}

#: A number below 2¹⁶ for each tie: enough to tell apart, small enough for a solver's floating point.
_TIES: Final = 1 << 16


@dataclass(frozen=True)
class Person:
    """One participant, by a name or by a code that stands for it."""

    id: str
    ranks: Mapping[str, int]  #: topic → 1 for the favourite, each number once; empty: takes what remains
    away: frozenset[str] = frozenset()  #: topics on whose day this person cannot present


@dataclass(frozen=True)
class Places:
    """How many people take a topic."""

    least: int
    most: int


@dataclass(frozen=True, order=True)
class Fixed:
    """What was decided before: this person has this topic."""

    person: str
    kind: Kind
    topic: str


@dataclass(frozen=True)
class Problem:
    """Everything that an allocation depends on."""

    topics: tuple[str, ...]  #: in the course's order
    people: tuple[Person, ...]
    places: Mapping[Kind, Mapping[str, Places]]
    fixed: frozenset[Fixed] = frozenset()

    def rank(self, person: Person, topic: str) -> int:
        """What this topic costs this person: its rank, or 0 for someone without a ranking."""
        return person.ranks.get(topic, 0)

    def as_data(self) -> dict[str, Any]:
        """As JSON values in one order, so that equal problems have equal text. People are sorted by id."""
        return {
            "topics": list(self.topics),
            "people": [
                {"id": p.id, "ranks": [self.rank(p, t) for t in self.topics], "away": sorted(p.away)}
                for p in sorted(self.people, key=lambda p: p.id)
            ],
            "places": {k: {t: [self.places[k][t].least, self.places[k][t].most] for t in self.topics} for k in KINDS},
            "fixed": [asdict(f) for f in sorted(self.fixed)],
        }

    @classmethod
    def from_data(cls, data: Any) -> Problem:
        """The inverse of `as_data`. Raises KeyError, TypeError or ValueError for other data."""
        topics = tuple(str(t) for t in data["topics"])
        people = []
        for p in data["people"]:
            ranks = dict(zip(topics, map(int, p["ranks"]), strict=True))
            people.append(Person(str(p["id"]), ranks if any(ranks.values()) else {}, frozenset(map(str, p["away"]))))
        places = {k: {t: Places(*map(int, data["places"][k][t])) for t in topics} for k in KINDS}
        fixed = frozenset(Fixed(str(f["person"]), _kind(f["kind"]), str(f["topic"])) for f in data["fixed"])
        return cls(topics, tuple(people), places, fixed)

    @property
    def digest(self) -> str:
        """SHA-256 of the problem: the same whatever the order of rows in the sheet."""
        return hashlib.sha256(json.dumps(self.as_data(), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Answer:
    """Who has what, for each kind: person → topics in the course's order."""

    presentation: Mapping[str, tuple[str, ...]]
    notebook: Mapping[str, tuple[str, ...]]

    def topics(self, kind: Kind) -> Mapping[str, tuple[str, ...]]:
        return self.presentation if kind == "presentation" else self.notebook


@dataclass(frozen=True)
class Objectives:
    """What is made small, one after the other: each is the least possible while those before stay as they are."""

    worst_presentation: int
    worst_notebook: int
    total: int  #: the sum of all ranks
    ties: int  #: the sum of the drawn numbers: picks one of the allocations that are equally good

    def as_data(self) -> dict[str, int]:
        return asdict(self)


def objectives(problem: Problem, answer: Answer, seed: str) -> Objectives:
    """The objectives of an answer. What is fixed beforehand counts in the total and not in the worst ranks."""
    worst = dict.fromkeys(KINDS, 0)
    total = ties = 0
    for person in problem.people:
        for kind in KINDS:
            for topic in answer.topics(kind)[person.id]:
                rank = problem.rank(person, topic)
                total += rank
                ties += tie(seed, person.id, kind, topic)
                if Fixed(person.id, kind, topic) not in problem.fixed:
                    worst[kind] = max(worst[kind], rank)
    return Objectives(worst["presentation"], worst["notebook"], total, ties)


def tie(seed: str, person: str, kind: Kind, topic: str) -> int:
    """The number drawn for one possible place: from the seed alone, whatever the order of people."""
    text = json.dumps([seed, person, kind, topic])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") % _TIES


def even(people: int, topics: Sequence[str], kind: Kind) -> dict[str, Places]:
    """Places spread over the topics to within one."""
    each, rest = divmod(people * EACH[kind], len(topics))
    return {topic: Places(each, each + (rest > 0)) for topic in topics}


def _kind(text: Any) -> Kind:
    for kind in KINDS:
        if text == kind:
            return kind
    raise ValueError(f"{text!r} is neither presentation nor notebook")
