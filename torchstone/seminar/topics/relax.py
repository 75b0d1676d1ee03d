"""Where no allocation fits: the fewest changes after which one does, and what each would be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint

from torchstone.errors import AllocationError
from torchstone.seminar.topics.problem import EACH, KINDS, Fixed, Kind, Places, Problem
from torchstone.seminar.topics.solve import Model, run

#: One change costs about the same, whatever it is; of equally few changes, a place is rather added than a person asked
#: to come on a day away, and that rather than a decision of the instructor given up.
_PLACE: Final = 10_000.0
_AWAY: Final = 10_001.0
_FIXED: Final = 10_002.0


@dataclass(frozen=True)
class Change:
    """One thing that stands in the way, and what it would have to be."""

    words: str
    kind: Kind
    topic: str
    by: int  #: people beyond the most (above 0) or below the least (below 0); 0 where a person is in the way
    person: str | None = None
    fixed: bool = False  #: a fixed topic is given up; otherwise the person comes on a day away

    @property
    def size(self) -> int:
        return max(abs(self.by), 1)


def smallest_change(problem: Problem) -> tuple[Change, ...]:
    """The fewest changes of places, days away and fixed topics that make `problem` solvable.

    Places for two people more count as two changes. Empty if it is solvable as it is. Raises AllocationError where no
    change of these could help: too few topics.
    """
    if len(problem.topics) < sum(EACH.values()):
        raise AllocationError(
            f"each participant needs {sum(EACH.values())} topics and there are {len(problem.topics)}; "
            "give out more weeks (`seminar` in course_config.py)"
        )
    model = Model(problem)
    count, slots = len(model.variables), len(KINDS) * len(problem.topics)
    own, apart, seats = model.rows
    nothing = sparse.csr_array((own.A.shape[0], 2 * slots))
    apart_nothing = sparse.csr_array((apart.A.shape[0], 2 * slots))
    more_less = sparse.hstack([sparse.eye_array(slots), -sparse.eye_array(slots)])
    rows = [
        LinearConstraint(sparse.hstack([own.A, nothing], format="csr"), own.lb, own.ub),
        LinearConstraint(sparse.hstack([apart.A, apart_nothing], format="csr"), apart.lb, apart.ub),
        LinearConstraint(sparse.hstack([seats.A, more_less], format="csr"), seats.lb, seats.ub),
    ]
    asked = np.where(model.fixed, -_FIXED, np.where(model.away, _AWAY, 0.0))
    cost = np.concatenate([asked, np.full(2 * slots, _PLACE)])
    bounds = Bounds(0, np.concatenate([np.ones(count), np.full(2 * slots, np.inf)]))
    values = run(cost, np.ones(count + 2 * slots), bounds, rows)
    if values is None:
        raise AllocationError("no change of places, days away or fixed topics lets everyone have their topics")
    return tuple(_changes(model, np.round(values)))


def relaxed(problem: Problem, changes: Iterable[Change]) -> Problem:
    """`problem` with the changes made."""
    for change in changes:
        if change.person is None:
            before = problem.places[change.kind][change.topic]
            after = Places(before.least + min(change.by, 0), before.most + max(change.by, 0))
            places = {**problem.places[change.kind], change.topic: after}
            problem = replace(problem, places={**problem.places, change.kind: places})
        elif change.fixed:
            problem = replace(problem, fixed=problem.fixed - {Fixed(change.person, change.kind, change.topic)})
        else:
            people = tuple(
                replace(p, away=p.away - {change.topic}) if p.id == change.person else p for p in problem.people
            )
            problem = replace(problem, people=people)
    return problem


def _changes(model: Model, values: Any) -> Iterator[Change]:
    problem = model.problem
    count, slots = len(model.variables), len(KINDS) * len(problem.topics)
    names = [(kind, topic) for kind in KINDS for topic in problem.topics]
    under, over = values[count : count + slots], values[count + slots :]
    for (kind, topic), missing, extra in zip(names, under, over, strict=True):
        places = problem.places[kind][topic]
        if missing:
            given = places.least - int(missing)
            yield Change(
                f"{topic} is given to {given} as {kind}, its least is {places.least}", kind, topic, -int(missing)
            )
        if extra:
            given = places.most + int(extra)
            yield Change(f"{topic} is given to {given} as {kind}, its most is {places.most}", kind, topic, int(extra))
    for index in np.flatnonzero(model.fixed & (values[:count] < 0.5)):
        kind, person, topic = model.variables[index]
        words = f"{person.id} does not have {topic} as {kind}, which was fixed"
        yield Change(words, kind, topic, 0, person.id, fixed=True)
    for index in np.flatnonzero(model.away & ~model.fixed & (values[:count] > 0.5)):
        kind, person, topic = model.variables[index]
        yield Change(f"{person.id} presents {topic} and is not away that day after all", kind, topic, 0, person.id)
