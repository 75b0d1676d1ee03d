"""Scenarios that come with the framework, and the words around them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch

from torchstone.judge.scenarios import Implementation, scenario

if TYPE_CHECKING:
    from torch import Tensor, nn


class Named:
    """`student.f`, `student.ReLU.apply`: a name of an implementation, called by value."""

    def __init__(self, owner: Implementation, name: str) -> None:
        self._owner, self._name = owner, name

    def __getattr__(self, name: str) -> Named:
        if name.startswith("_"):
            raise AttributeError(name)
        return Named(self._owner, f"{self._name}.{name}")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._owner._call(self._name, args, kwargs)

    def __repr__(self) -> str:
        return f"<{self._name} of the implementation under test>"


def vjp(function: Named, *inputs: Any, up: Any, **options: Any) -> Any:
    """`vjp(student.f, *inputs, up=…)`: the value of a pure function, and its inputs' gradients from the upstream `up`.

    Gives `{"value": …, "gradient": […]}` with one gradient for each floating-point tensor among `inputs` (None where
    none arrives). `up` has the shape of the value, or is a list of such where the value is a tuple or list of tensors.
    """
    if not isinstance(function, Named):
        raise TypeError(f"vjp(student.f, …, up=…) needs a function of the student, not {function!r}")
    return pull_back(function._owner, function._name, list(inputs), options, up)


def fill(module: nn.Module, values: Sequence[Tensor]) -> list[Tensor]:
    """In a scenario: give `module` these parameters, by order where shapes fit, else by shape; return them in that
    order.

    Raises Misfit where they do not fit, which a student reads as a fault of shape.
    """
    from torchstone.jail import SCENARIO_NAMES

    fill_as_the_jail_does: Any = SCENARIO_NAMES["fill"]
    filled: list[Tensor] = fill_as_the_jail_does(module, values)
    return filled


@scenario
def descend(
    code: Any,
    rule: str,
    groups: Any,
    gradients: Any,
    keep: Any = None,
    settings: Any = None,
    stops: Any = (),
    **options: Any,
) -> Any:
    """`descend(student, "Adam", groups, gradients, lr=…)`: what an optimizer makes of gradients that are given to it.

    `rule` names a class of the implementation, made as `rule(groups, **options)`. `groups` is a list of tensors, or of
    dictionaries `{"params": […], "lr": …}`. `gradients` has for each step a list with one tensor or None a parameter.
    `settings` changes every group before a step: `{3: {"lr": 0.1}}`, steps counted from 1. After the steps in `stops`
    the optimizer is made anew and takes over the other one's `state_dict`. Gives the parameters after the steps in
    `keep` (by default after each), the last gradients as they then are, and whether the parameters are still leaves.
    """
    parameters = [p for g in groups for p in (g["params"] if isinstance(g, dict) else [g])]
    for p in parameters:
        p.requires_grad_()
    optimizer = getattr(code, rule)(groups, **options)
    history = {}
    for step, given in enumerate(gradients, 1):
        for group in optimizer.param_groups if settings and step in settings else ():
            group.update(settings[step])
        for p, g in zip(parameters, given, strict=True):
            p.grad = g
        optimizer.step()
        if keep is None or step in keep:
            history[f"after step {step}"] = [p.detach().clone() for p in parameters]
        if step in stops:
            saved = optimizer.state_dict()
            optimizer = getattr(code, rule)(groups, **options)
            optimizer.load_state_dict(saved)
    return {
        "parameters": history,
        "gradients, afterwards": [p.grad for p in parameters],
        "still trainable": [p.requires_grad and p.is_leaf for p in parameters],
    }


@scenario
def pull_back(code: Any, name: str, inputs: Any, options: Any, upstream: Any) -> Any:
    function = code
    for part in name.split("."):
        function = getattr(function, part)
    inputs = [x.requires_grad_() if isinstance(x, torch.Tensor) and x.is_floating_point() else x for x in inputs]
    leaves = [x for x in inputs if isinstance(x, torch.Tensor) and x.requires_grad]
    value = function(*inputs, **options)
    several = isinstance(value, (tuple, list))
    outputs, ups = (value, upstream) if several else ([value], [upstream])
    paths = [(y, u) for y, u in zip(outputs, ups, strict=False) if isinstance(y, torch.Tensor) and y.requires_grad]
    fits = all((y.shape, y.dtype, y.device) == (u.shape, u.dtype, u.device) for y, u in paths)
    gradient: list[Any] = [
        None for _ in leaves
    ]  # where value and upstream do not fit, the comparison tells of the value's shape
    if paths and fits:
        gradient = list(torch.autograd.grad([y for y, _ in paths], leaves, [u for _, u in paths], allow_unused=True))
    return {"value": value, "gradient": gradient}
