"""Gradients that lie on another device than what they are the gradients of.

Autograd's engine refuses them, except where a tensor subclass is in play, as here: it lets the device pass, and goes on
with the wrong one or ends in an assertion of its own. These are its checks, in its words (`validate_outputs` in
`torch/csrc/autograd/engine.cpp`): a gradient without axes is moved, any other is refused.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from . import private, rules
from .device import DEVICE


def check_all() -> None:
    """Check every backward pass from now on; once, at installation."""
    private.before_backward.append(_upstream)
    private.after_own_backward(_own_backward)


def _upstream(outputs: Sequence[Any], gradients: Sequence[Any]) -> tuple[Any, ...]:
    """What a backward pass begins with must lie where the outputs lie."""
    return tuple(
        _fitting(g, isinstance(y, Tensor) and _lies_there(y.device), f"invalid gradient at index {i}", y)
        for i, (y, g) in enumerate(zip(outputs, gradients, strict=True))
    )


def _own_backward(function: Any, result: Any) -> Any:
    """What a student's own `backward` gives must lie where the inputs of its `forward` lie."""
    gradients = list(result) if isinstance(result, tuple) else [result]
    wanted = iter([(i, *edge) for i, edge in enumerate(function.next_functions) if edge[0] is not None])
    for at, wants in enumerate(function.needs_input_grad[: len(gradients)]):
        if wants and (found := next(wanted, None)) is not None:
            number, node, slot = found
            what = f"Function {type(function).__name__} returned an invalid gradient at index {number}"
            gradients[at] = _fitting(gradients[at], _on_device(node, slot), what)
    return tuple(gradients) if isinstance(result, tuple) else gradients[0]


def _on_device(node: Any, slot: int) -> bool:
    device = private.wanted_device(node, slot)
    return device is not None and _lies_there(device)


def _lies_there(device: torch.device) -> bool:
    """By the device, since a function transform wraps a tensor of ours in one of another type."""
    return device.type in DEVICE.types


def _fitting(gradient: Any, on_device: bool, what: str, output: Any = None) -> Any:
    """The gradient where it must be. Raises RuntimeError, as torch does, if it has axes and lies elsewhere."""
    if not isinstance(gradient, Tensor) or gradient.device.type == "meta" or _lies_there(gradient.device) == on_device:
        return gradient
    if gradient.dim() == 0:
        return gradient.to(DEVICE.real if on_device else "cpu")
    here, there = str(DEVICE.shown), "cpu"
    message = f"{what} - expected device {here if on_device else there} but got {there if on_device else here}"
    raise rules.fault(message, "backward", [gradient if on_device else output])
