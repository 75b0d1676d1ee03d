"""`graders/weekNN/equivalents.toml`: mutants that are no mistakes, each with its reason.

    [[equivalent]]
    exercise = "dropout"
    function = "dropout"
    before = "return x * 0"
    after = "return x / 0"
    reason = "why both give the same, whatever the input"

Each is shown to be identical: on PROBES probes, drawn from as many seeds as it takes, all that crosses the boundary is
the same as the solution's, to rounding; or, where the right answer is a sample, a sample that passes as the solution's.
"""

from __future__ import annotations

import time
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from torchstone.compare import Fault, same
from torchstone.contracts import programs
from torchstone.contracts.bench import Bench
from torchstone.contracts.impostors import WatchedDraw
from torchstone.contracts.mutants import Mutant
from torchstone.errors import CourseFault, NotData
from torchstone.judge.draw import Draw
from torchstone.judge.implementations import Code, Local
from torchstone.judge.probe import Probe
from torchstone.judge.scenarios import Scenario
from torchstone.judge.trial import Oracle, Trial
from torchstone.model import DrawKey, Program

FILE: Final = "equivalents.toml"
#: Probes on which an equivalent mutant must do as the solution does.
PROBES: Final = 10_000

#: Seeds with which all probes are tried, the dear ones too.
ROUNDS: Final = 3

#: What two programs may differ by, relative to the largest entry: as far as float32 can tell.
_ROUNDING: Final = 2e-5


@dataclass(frozen=True)
class Equivalent:
    """A mutant that is said to be no mistake."""

    exercise: str
    function: str
    before: str
    after: str
    reason: str

    @property
    def name(self) -> tuple[str, str, str, str]:
        return (self.exercise, self.function, self.before, self.after)

    def __str__(self) -> str:
        return f"{self.exercise}, {self.function}: {self.before!r} → {self.after!r}"


def equivalents(folder: Path) -> tuple[Equivalent, ...]:
    """What the author of a week says is equivalent. Raises CourseFault if the file is not as it should be."""
    path = folder / FILE
    if not path.exists():
        return ()
    try:
        found = tuple(Equivalent(**row) for row in tomllib.loads(path.read_text()).get("equivalent", []))
    except (tomllib.TOMLDecodeError, TypeError, AttributeError) as e:
        keys = "each [[equivalent]] has exercise, function, before, after and reason"
        raise CourseFault(f"{folder.name}/{FILE} cannot be read: {e}; {keys}") from None
    for q in found:
        if not q.reason.strip():
            raise CourseFault(f"{folder.name}/{FILE}: a reason is missing for {q}")
    return found


def tell_apart(bench: Bench, exercise: str, claimed: Sequence[Mutant], probes: int = PROBES) -> list[str]:
    """A line for each mutant that does otherwise than the solution on one of so many probes.

    The probes are the exercise's own in float32, float64 and strided, drawn anew from seed after seed; after ROUNDS
    rounds over all of them the cheapest fifth goes on. They run in this process: survivors are known to come to an end.
    """
    whole = programs.alone(bench.solution, exercise, bench.names)
    solution = Local(_names(whole))
    others = {m.name: (m, Local(_names(programs.with_cell(whole, exercise, m.source)))) for m in claimed}
    own = [p for p in bench.probes(exercise) if not p.on_accelerator]
    complaints: list[str] = []
    done = seed = 0
    while done < probes and others:
        cost: dict[int, float] = {}
        key = DrawKey(f"equivalent {seed}".encode(), "public", f"equivalent {seed}")
        for i, probe in enumerate(own):
            began = time.perf_counter()
            found = [others.pop(n)[0] for n in _differing(probe, key, solution, {n: c for n, (_, c) in others.items()})]
            complaints += [f"equivalents.toml: it differs from the solution in {probe.name}: {m}" for m in found]
            cost[i] = time.perf_counter() - began
        done += len(own)
        if seed == ROUNDS - 1:
            cheap = sorted(cost, key=lambda i: cost[i])[: (len(own) + 4) // 5]
            own = [own[i] for i in sorted(cheap)]
        seed += 1
    return complaints


def _differing(probe: Probe, key: DrawKey, solution: Local, others: Mapping[Any, Local]) -> list[Any]:
    """Which of the others do otherwise than the solution on one probe."""
    code, draw = _Beside(solution, others), WatchedDraw(key, probe.name, probe.world.here())
    recorded = Trial()
    recorded.run(probe.body, probe.args, code, draw)
    if not draw.sampled:
        return sorted(code.differing)
    oracle = Oracle(recorded.seen, recorded.seen, recorded.asserted, draw.floats)
    return sorted(n for n in code.differing if not _passes(probe, key, others[n], oracle))


def _passes(probe: Probe, key: DrawKey, code: Local, oracle: Oracle) -> bool:
    return Trial(oracle).run(probe.body, probe.args, code, Draw(key, probe.name, probe.world.here())) is None


class _Beside(Code):
    """The solution; and others beside it, who are asked the same."""

    def __init__(self, solution: Local, others: Mapping[Any, Local]) -> None:
        self._solution, self._others = solution, others
        self.differing: set[Any] = set()

    def _call(self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        return self._ask(lambda code: code._call(name, args, kwargs))

    def _run(self, scenario: Scenario, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        return self._ask(lambda code: code._run(scenario, args, kwargs))

    def _ask(self, question: Any) -> Any:
        right, fault = _answer(question, self._solution)
        for name, other in self._others.items():
            got, why = _answer(question, other)
            if (fault is None) != (why is None) or not _alike(got, right):
                self.differing.add(name)
        if fault is not None:
            raise fault
        return right


def _answer(question: Any, code: Local) -> tuple[Any, Fault | None]:
    try:
        return question(code), None
    except Fault as e:
        return None, e
    except NotData:
        return None, None


def _alike(one: Any, other: Any) -> bool:
    try:
        return same(one, other, precision=_ROUNDING)
    except TypeError:
        return type(one) is type(other)


def _names(program: Program) -> dict[str, Any]:
    module = ModuleType("mutant")
    for cell in program.cells:
        exec(compile(cell.source, f"<{cell.name}>", "exec"), module.__dict__)
    return vars(module)
