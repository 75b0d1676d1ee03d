"""The names that a scenario's text sees: in the jail with the student's code, and on the judge's side with its own."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from typing import Final

import torch

from torchstone.messages import jailed


class Misfit(Exception):
    """The object does not have the parameters that the exercise asks for; the message names the shapes."""


def fill(module: torch.nn.Module, values: Sequence[torch.Tensor]) -> list[torch.nn.Parameter]:
    """Give `module` these parameter values; its parameters come back in the order of `values`.

    By order where the shapes fit, otherwise by shape. The module takes on the values' device and dtype.
    Raises Misfit if the shapes differ as a collection.
    """
    values = list(values)
    if values:
        module.to(values[0].device, values[0].dtype)
    mine = list(module.parameters())
    wanted = [value.shape for value in values]
    if [parameter.shape for parameter in mine] != wanted:
        if sorted(parameter.shape for parameter in mine) != sorted(wanted):
            raise Misfit(jailed.misfit(_show(p.shape for p in mine), _show(wanted)))
        mine = [mine.pop(next(i for i, p in enumerate(mine) if p.shape == shape)) for shape in wanted]
    with torch.no_grad():
        for parameter, value in zip(mine, values, strict=True):
            parameter.copy_(value)
    return mine


def _show(shapes: Iterable[torch.Size]) -> str:
    return ", ".join("×".join(map(str, shape)) or "scalar" for shape in shapes) or "none"


#: What a scenario may use besides its arguments and Python's builtins.
SCENARIO_NAMES: Final[dict[str, object]] = {
    "torch": torch,
    "nn": torch.nn,
    "F": torch.nn.functional,
    "math": math,
    "itertools": itertools,
    "fill": fill,
}
