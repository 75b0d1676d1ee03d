"""Draws faults, and asks for their diagnosis."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import torch

from benchmarks.faults.listed import LISTED
from benchmarks.faults.operations import OPERATIONS, Probe, observed
from benchmarks.faults.operations import sizes as listed_sizes
from benchmarks.faults.unlisted import UNLISTED, Sizes, Unlisted
from torchstone.compare.hypotheses import Observation, explain

_ATTEMPTS: Final = 20


@dataclass
class Tally:
    """What was said of the faults of one class."""

    drawn: int = 0
    right: int = 0
    wrong: Counter[str] = field(default_factory=Counter)  #: other names, or "" for none

    @property
    def share(self) -> float:
        return self.right / self.drawn if self.drawn else 1.0


def listed(draws: int, seed: int) -> dict[str, Tally]:
    """Draw `draws` faults of the list and name them. A draw that changes nothing is drawn again."""
    rng = random.Random(seed)
    tallies: dict[str, Tally] = {fault.named: Tally() for fault in LISTED}
    for number in range(draws):
        fault = LISTED[number % len(LISTED)]
        for _ in range(_ATTEMPTS):
            observations = fault.observe(OPERATIONS[rng.choice(fault.operations)], rng)
            if any(o.failed for o in observations):
                break
        tally = tallies[fault.named]
        hint = explain(observations)
        tally.drawn += 1
        if hint is not None and hint.name == fault.named:
            tally.right += 1
        else:
            tally.wrong[hint.name if hint else ""] += 1
    return tallies


def unlisted(times: int, seed: int) -> Iterator[tuple[Unlisted, list[str | None]]]:
    """Each fault outside the list on `times` sets of probes: the names it was given, None where it was given none."""
    rng = random.Random(seed)
    for fault in UNLISTED:
        names = []
        for _ in range(times):
            hint = explain(_observed(fault, rng))
            names.append(hint.name if hint else None)
        yield fault, names


def _observed(fault: Unlisted, rng: random.Random) -> list[Observation]:
    found = []
    for _ in range(3):
        s = Sizes(
            n=rng.randint(1, 9),
            d=rng.randint(2, 7),
            h=rng.randint(2, 6),
            k=rng.randint(2, 5),
            t=rng.randint(2, 5),
            height=rng.randint(3, 6),
            width=rng.randint(3, 6),
        )
        seed = rng.getrandbits(40)
        exact = fault.inputs(s, torch.Generator().manual_seed(seed))
        inputs = _single(exact)
        want, truth = fault.right(*inputs), fault.right(*_double(inputs))
        got = fault.wrong(*_single(exact))
        found.append(observed(Probe(inputs, want, truth, listed_sizes(rng), name=str(seed)), got))
    return found


def _single(value: object) -> tuple[object, ...]:
    return _cast(value, torch.float32)  # type: ignore[no-any-return]


def _double(value: object) -> tuple[object, ...]:
    return _cast(value, torch.float64)  # type: ignore[no-any-return]


def _cast(value: object, dtype: torch.dtype) -> object:
    if isinstance(value, torch.Tensor):
        return value.to(dtype) if value.is_floating_point() else value
    if isinstance(value, (list, tuple)):
        return type(value)(_cast(v, dtype) for v in value)
    return value
