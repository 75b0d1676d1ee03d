"""Scenarios that come with the framework, and the words around them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch

from torchstone.judge.scenarios import scenario

if TYPE_CHECKING:
    from torch import Tensor, nn


def vjp(function: Any, *inputs: Any, up: Any, **options: Any) -> Any:
    """`vjp(student.f, *inputs, up=…)`: the value of a pure function, and its inputs' gradients from the upstream `up`.

    Gives `{"value": …, "gradient": […]}` with one gradient for each floating-point tensor among `inputs` (None where
    none arrives). `up` has the shape of the value, or is a list of such where the value is a tuple or list of tensors.
    """
    return pull_back(function.implementation, function.name, list(inputs), options, up)


def fill(module: nn.Module, values: Sequence[Tensor]) -> list[Tensor]:
    """In a scenario: give `module` these parameters, by order where shapes fit, else by shape; return them in that order."""
    from torchstone.jail import fill as fill_in_the_jail

    return fill_in_the_jail(module, values)


@scenario
def pull_back(code: Any, name: str, inputs: Any, options: Any, upstream: Any) -> Any:
    function = code
    for part in name.split("."):
        function = getattr(function, part)
    inputs = [x.requires_grad_() if isinstance(x, torch.Tensor) and x.is_floating_point() else x for x in inputs]
    leaves = [x for x in inputs if isinstance(x, torch.Tensor) and x.requires_grad]
    value = function(*inputs, **options)
    outputs, ups = (list(value), list(upstream)) if isinstance(value, (tuple, list)) else ([value], [upstream])
    paths = [(y, up) for y, up in zip(outputs, ups) if isinstance(y, torch.Tensor) and y.requires_grad]
    fits = all((y.shape, y.dtype, y.device) == (up.shape, up.dtype, up.device) for y, up in paths)
    gradient = [None for _ in leaves]  # where value and upstream do not fit, the comparison tells of the value's shape
    if paths and fits:
        gradient = list(torch.autograd.grad([y for y, _ in paths], leaves, [up for _, up in paths], allow_unused=True))
    return {"value": value, "gradient": gradient}
