"""What the hypotheses of `torchstone.compare` are judged by, made from what a sitting left behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from torchstone.compare import Fault
from torchstone.compare.hypotheses import Observation, flat
from torchstone.judge.draw import Draw
from torchstone.judge.implementations import Code, Local
from torchstone.judge.probe import Probe
from torchstone.judge.scenarios import Scenario
from torchstone.judge.trial import Seen, Trial
from torchstone.judge.week import Week
from torchstone.model import Stage


@dataclass(frozen=True)
class _Call:
    """A call that a body made of its implementation."""

    at: int  #: how many values had been compared before
    name: str
    inputs: tuple[Any, ...]
    direct: bool = True  #: of a function, not of a scenario


class _Recorder(Code):
    """Trusted code whose calls are noted."""

    def __init__(self, names: Mapping[str, Any], seen: list[Seen]) -> None:
        self._local, self._seen = Local(names), seen
        self._noted: list[_Call] = []

    def _call(self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        self._note(name, args, kwargs, direct=True)
        return self._local._call(name, args, kwargs)

    def _run(self, scenario: Scenario, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        self._note(scenario.name, args, kwargs, direct=False)
        return self._local._run(scenario, args, kwargs)

    def _note(self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], *, direct: bool) -> None:
        self._noted.append(_Call(len(self._seen), name, tuple(flat([*args, *kwargs.values()])), direct))


class Observer:
    """Sees probes as hypotheses do. What goes into a probe's calls is kept: it is the same for every submission."""

    def __init__(self, week: Week) -> None:
        self._week = week
        self._kept: dict[tuple[str, str], list[_Call]] = {}

    def observation(self, probe: Probe, trial: Trial, fault: Fault | None) -> Observation:
        """One probe. `trial` is the student's; the inputs are those of the reference's run."""
        calls = self._calls(probe)
        dtype = str(probe.world.dtype).removeprefix("torch.")
        seen = Observation(dtype=dtype, strided=probe.world.strided, probe=probe.name)
        if fault is None:
            return replace(seen, inputs=calls[-1].inputs if calls else ())
        compared = fault.stage not in (Stage.RAN, Stage.INPUTS) and not fault.kind  # else the call gave no result
        at = len(trial.seen) - compared
        made = [c for c in calls if c.at <= at]
        last = made[-1] if made else _Call(0, "", ())
        repeated = any(c.name == last.name and c.at < last.at for c in made)
        seen = replace(seen, stage=fault.stage, said=fault.message, inputs=last.inputs)
        seen = replace(seen, direct=last.direct, repeated=repeated)
        oracle = self._week.oracle(probe)
        if not 0 <= at < min(len(trial.seen), len(oracle.here)):
            return seen
        value = trial.seen[at]
        want, truth = (value.want, value.want) if value.explicit else (oracle.here[at].value, oracle.truth[at].value)
        return replace(seen, got=value.value, want=want, truth=truth, scale=value.scale)

    def _calls(self, probe: Probe) -> list[_Call]:
        """The calls of a probe's body, with their inputs, as the reference gets them."""
        slot = (probe.name, probe.world.name)
        if slot not in self._kept:
            trial = Trial()
            recorder = _Recorder(self._week.names, trial.seen)
            trial.run(probe.body, probe.args, recorder, Draw(self._week.key, probe.name, probe.world.here()))
            self._kept[slot] = recorder._noted
        return self._kept[slot]
