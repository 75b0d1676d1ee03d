"""The best allocation, proved to be the best, by scipy's mixed-integer solver (HiGHS).

Stage by stage: the worst rank of a presentation, then the worst rank of a notebook, then the sum of all ranks, then
drawn numbers that pick one of the allocations that are equally good. A worst rank is found by halving: at the rank that
is kept an allocation exists, at the next better one the solver proves that none does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from torchstone.errors import AllocationError
from torchstone.seminar.topics.problem import EACH, KINDS, Answer, Fixed, Kind, Objectives, Problem, objectives, tie
from torchstone.seminar.topics.validate import faults

#: Seconds that the solver may take for one stage; 500 people take less than one.
_PATIENCE: Final = 120.0

#: Told as work goes on.
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Solution:
    """An allocation that is the best, and what it reached."""

    answer: Answer
    objectives: Objectives


def solve(problem: Problem, seed: str, progress: Progress = lambda stage: None) -> Solution | None:
    """The best allocation of `problem`; None where no allocation fits.

    The same problem and seed give the same answer, whatever the order of people. Raises AllocationError if the solver
    finds no proof in time.
    """
    model = Model(problem)
    if model.feasible(model.upper) is None:
        return None
    upper = model.upper
    for kind in KINDS:
        progress(f"the worst rank of a {kind}")
        upper = _least_worst(model, kind, upper)
    progress("the sum of ranks")
    rows = model.rows
    total = round(float(model.ranks @ model.best(model.ranks, upper, rows)))
    progress("ties")
    ties = np.array([tie(seed, p.id, k, t) for k, p, t in model.variables], dtype=float)
    kept = LinearConstraint(sparse.csr_array(model.ranks[None, :]), -np.inf, total)
    answer = model.answer(model.best(ties, upper, [*rows, kept]))
    if wrong := faults(problem, answer):
        raise AllocationError(f"the solver's answer does not hold ({wrong[0]}); nothing was written")
    return Solution(answer, objectives(problem, answer, seed))


class Model:
    """The problem as bounds and rows over one binary variable for each (kind, person, topic)."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.variables = [(k, p, t) for k in KINDS for p in problem.people for t in problem.topics]
        self.ranks = np.array([problem.rank(p, t) for _, p, t in self.variables], dtype=float)
        self.fixed = np.array([Fixed(p.id, k, t) in problem.fixed for k, p, t in self.variables])
        self.away = np.array([k == "presentation" and t in p.away for k, p, t in self.variables])
        self.kinds = np.array([k for k, _, _ in self.variables])
        self.lower = self.fixed.astype(float)
        self.upper = np.where(self.away & ~self.fixed, 0.0, 1.0)
        self.rows = [self._own(), self._apart(), self._seats()]

    def _grid(self) -> np.ndarray[Any, Any]:
        """The variables' numbers, [kind, person, topic]."""
        return np.arange(len(self.variables)).reshape(len(KINDS), len(self.problem.people), len(self.problem.topics))

    def _sum(self, groups: np.ndarray[Any, Any]) -> Any:
        """A row for each group [row, member] of variables: the group's sum."""
        count, size = groups.shape
        rows = np.repeat(np.arange(count), size)
        return sparse.csr_array((np.ones(count * size), (rows, groups.ravel())), shape=(count, len(self.variables)))

    def _own(self) -> Any:
        """Everyone has one presentation and three notebooks."""
        grid = self._grid()
        counts = np.repeat([EACH[k] for k in KINDS], len(self.problem.people))
        return LinearConstraint(self._sum(grid.reshape(-1, grid.shape[2])), counts, counts)

    def _apart(self) -> Any:
        """Nobody has a topic twice."""
        grid = self._grid()
        return LinearConstraint(self._sum(grid.reshape(len(KINDS), -1).T), 0, 1)

    def _seats(self) -> Any:
        """Every topic has its places filled."""
        grid = self._grid()
        places = [self.problem.places[k][t] for k in KINDS for t in self.problem.topics]
        groups = grid.transpose(0, 2, 1).reshape(-1, grid.shape[1])
        return LinearConstraint(self._sum(groups), [p.least for p in places], [p.most for p in places])

    def worst(self, kind: Kind, rank: int, upper: Any) -> Any:
        """Upper bounds with which no topic of `kind` beyond `rank` is given, unless it is fixed."""
        return np.where((self.kinds == kind) & (self.ranks > rank) & ~self.fixed, 0.0, upper)

    def best(self, cost: Any, upper: Any, rows: list[Any]) -> Any:
        """The values with the least cost. Raises AllocationError where there are none."""
        found = self._run(cost, upper, rows)
        if found is None:
            raise AllocationError("the solver lost an allocation that it had found; nothing was written")
        return found

    def feasible(self, upper: Any) -> Any:
        """Some values within the bounds; None if it is proved that there are none."""
        return self._run(np.zeros(len(self.variables)), upper, self.rows)

    def _run(self, cost: Any, upper: Any, rows: list[Any]) -> Any:
        if (self.lower > upper).any():
            return None
        return run(cost, np.ones(len(self.variables)), Bounds(self.lower, upper), rows)

    def answer(self, values: Any) -> Answer:
        """Who has what by the values of the variables."""
        given: dict[Kind, dict[str, tuple[str, ...]]] = {k: {p.id: () for p in self.problem.people} for k in KINDS}
        for index in np.flatnonzero(values > 0.5):
            kind, person, topic = self.variables[index]
            given[kind][person.id] += (topic,)
        return Answer(given["presentation"], given["notebook"])


def run(cost: Any, integral: Any, bounds: Any, rows: list[Any]) -> Any:
    """The solver's proven best values; None if it is proved that there are none. Raises AllocationError."""
    found = milp(
        cost, integrality=integral, bounds=bounds, constraints=rows, options={"mip_rel_gap": 0, "time_limit": _PATIENCE}
    )
    if found.status == 0:
        return found.x
    if found.status == 2:
        return None
    raise AllocationError(f"the solver found no proof ({found.message}); nothing was written")


def _least_worst(model: Model, kind: Kind, upper: Any) -> Any:
    """The bounds with the least worst rank of `kind` at which an allocation exists."""
    free = model.ranks[(model.kinds == kind) & ~model.fixed]
    low, high = 0, int(free.max(initial=0))
    while low < high:
        middle = (low + high) // 2
        if model.feasible(model.worst(kind, middle, upper)) is None:
            low = middle + 1
        else:
            high = middle
    return model.worst(kind, high, upper)
