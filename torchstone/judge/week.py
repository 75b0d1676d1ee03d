"""The secret folder of a week: checks, reference, misconceptions, alternatives."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import torch

from torchstone.compare import settled
from torchstone.errors import CourseError, CourseFault, TorchstoneError
from torchstone.judge.draw import Draw, World
from torchstone.judge.implementations import Local
from torchstone.judge.loading import load, public
from torchstone.judge.misconceptions import Misconception, named
from torchstone.judge.probe import Probe
from torchstone.judge.trial import Oracle, Trial, TruthTrial
from torchstone.judge.wanted import WantedValues
from torchstone.model import Cell, DrawKey, Program

_MARKER: Final = "# %%"


class Week:
    """What only the judge knows of a week. The wanted values are kept: they are the same for every submission.

    `solution` stands in for what reference.py lacks, and is what misconceptions are edits of. `wanted` shares them with
    other judges. Raises CourseError if there is no such folder.
    """

    def __init__(
        self, folder: Path, key: DrawKey, solution: Program | None = None, wanted: WantedValues | None = None
    ) -> None:
        if not folder.is_dir():
            raise CourseError(f"there are no graders for {folder.name}: {folder} is missing")
        self.folder, self.key, self.solution = folder, key, solution
        self._wanted = wanted
        self._oracles: dict[tuple[str, World], Oracle | CourseFault] = {}

    # ---- wanted values ----------------------------------------------------------------------------------------------

    def oracle(self, probe: Probe) -> Oracle:
        """What the reference gives on a probe. Raises CourseFault if the check fails on it, or compares nothing."""
        slot = (probe.name, probe.world.here())
        if slot not in self._oracles:
            try:
                self._oracles[slot] = self._kept(probe) or self._ask_reference(probe)
            except CourseFault as e:
                self._oracles[slot] = e
        found = self._oracles[slot]
        if isinstance(found, CourseFault):
            raise CourseFault(str(found))
        return found

    def _kept(self, probe: Probe) -> Oracle | None:
        return self._wanted.get(_slot(probe)) if self._wanted else None

    def _ask_reference(self, probe: Probe) -> Oracle:
        reference = Local(self.names)
        here: Trial = Trial()
        truth: Trial = TruthTrial()
        draw = Draw(self.key, probe.name, probe.world.here())
        exact = Draw(self.key, probe.name, probe.world.truth())
        runs = [(here, draw), (truth, exact)]
        if probe.world.dtype is torch.float64:  # the same values in the same precision: what it gives is the truth
            truth = here
            runs.pop()
        for trial, source in runs:
            fault = trial.run(probe.body, probe.args, reference, source)
            if fault is not None:
                detail = f" ({fault.__cause__})" if fault.__cause__ else ""
                raise CourseFault(f"the check fails on the reference: {fault}{detail}")
        if not here.seen and not here.asserted:
            raise CourseFault("the check compares nothing")
        for h, t in itertools.zip_longest(here.seen, truth.seen):
            if h is None or t is None:
                raise CourseFault("the check compares another number of results in float64")
            if not h.explicit and not settled(h.value, t.value, h.scale):
                raise CourseFault("the check is ill-conditioned: the reference disagrees with itself in float64")
        oracle = Oracle(here.seen, truth.seen, here.asserted, draw.floats)
        if self._wanted:
            self._wanted.put(_slot(probe), oracle)
        return oracle

    @cached_property
    def names(self) -> Mapping[str, Any]:
        """The reference's names; behind them the solution's."""
        return _Behind(self._load("reference"), self._solution_names)

    def _solution_names(self) -> dict[str, Any]:
        if self.solution is None:
            return {}
        module = ModuleType("solution")
        for cell in self.solution.cells:
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    exec(compile(cell.source, f"<solution, {cell.label}>", "exec"), module.__dict__)
            except Exception as e:
                raise CourseFault(f"the solution's {cell.label} ({cell.name}) raises {type(e).__name__}: {e}") from e
        return vars(module)

    # ---- who else there is ------------------------------------------------------------------------------------------

    @cached_property
    def misconceptions(self) -> tuple[Misconception, ...]:
        return named(self._load("misconceptions"))

    @cached_property
    def alternatives(self) -> Mapping[str, Path]:
        """The files of right solutions written otherwise, by their stem."""
        return {p.stem: p for p in sorted((self.folder / "alternatives").glob("*.py"))}

    def alternative(self, stem: str) -> Program:
        """The solution with the cells of an alternative in their place; its other cells come first."""
        solution = self._needed_solution()
        cells = script_cells(self.alternatives[stem].read_text())
        own = {c.name for c in solution.cells}
        replaced = {c.name: c.source for c in cells if c.name in own}
        whole = [*(c for c in cells if c.name not in own)]
        whole += [replace(c, source=replaced.get(c.name, c.source)) for c in solution.cells]
        return replace(solution, cells=tuple(replace(c, number=i) for i, c in enumerate(whole, 1)))

    def misconception(self, name: str) -> Program:
        """The solution with one mistake. Raises KeyError for a name that there is not."""
        found = {m.name: m for m in self.misconceptions}[name]
        return found.program(self._needed_solution())

    def _needed_solution(self) -> Program:
        if self.solution is None:
            raise CourseError(f"{self.folder.name} has no solution here: source/{self.folder.name} is missing")
        return self.solution

    def _load(self, stem: str) -> dict[str, Any]:
        """The public names of a file of the folder; none if there is no such file. Raises CourseFault if it fails."""
        path = self.folder / f"{stem}.py"
        if not path.exists():
            return {}
        try:
            return public(load(path))
        except TorchstoneError:
            raise
        except Exception as e:
            raise CourseFault(f"{path.name} of {self.folder.name} raises {type(e).__name__}: {e}") from e


def _slot(probe: Probe) -> str:
    """What wanted values are kept under: the worlds of one dtype and layout share them."""
    world = probe.world.here()
    return f"{probe.name} {world.dtype} {'strided' if world.strided else 'contiguous'}"


class _Behind(Mapping[str, Any]):
    """Names, and further ones that are only made when one of them is asked for."""

    def __init__(self, first: Mapping[str, Any], make_second: Any) -> None:
        self._first, self._make_second = first, make_second

    @cached_property
    def _second(self) -> Mapping[str, Any]:
        made: Mapping[str, Any] = self._make_second()
        return made

    def __getitem__(self, name: str) -> Any:
        return self._first[name] if name in self._first else self._second[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**self._second, **self._first})

    def __len__(self) -> int:
        return len({**self._second, **self._first})


def script_cells(text: str) -> tuple[Cell, ...]:
    """The cells of a `# %% name` script; lines count from a cell's start. What stands before the first is "script"."""
    cells: list[tuple[str, list[str]]] = []
    for line in text.splitlines(keepends=True):
        if line.startswith(_MARKER):
            cells.append((line.removeprefix(_MARKER).strip(), []))
        elif cells:
            cells[-1][1].append(line)
        elif line.strip():
            cells.append(("script", [line]))
    return tuple(Cell(name or f"script-{i}", i, "".join(lines)) for i, (name, lines) in enumerate(cells, 1))
