"""The functions of torch that are replaced, because they decide by a tensor's type before any operator runs.

Each does for CPU tensors exactly what it did before.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import UninitializedParameter, is_lazy

from . import private, rules
from .tensor import SimTensor, is_ours


def patch_all() -> None:
    """Replace them all; once, at installation."""
    patch_module_apply()
    patch_pinning()
    patch_ctc_loss()


def patch_module_apply() -> None:
    """`module.to(device)` keeps its Parameter objects, as between CPU and CUDA.

    Torch would give a module new ones, since the type changes: tied weights would come apart, and an optimizer made
    before `.to` would step the old ones.
    """
    plain = getattr(nn.Module, private.MODULE_APPLY)

    def apply(self: nn.Module, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> nn.Module:
        if recurse:
            for child in self.children():
                getattr(child, private.MODULE_APPLY)(fn)
        for name, parameter in self.named_parameters(recurse=False, remove_duplicate=False):
            _move_parameter(self, name, parameter, fn)
        result: nn.Module = plain(self, fn, False)
        return result

    setattr(nn.Module, private.MODULE_APPLY, apply)


def _move_parameter(module: nn.Module, name: str, parameter: nn.Parameter, fn: Callable[[Tensor], Tensor]) -> None:
    with torch.no_grad():
        moved = fn(parameter)
    if is_ours(moved) == isinstance(parameter, SimTensor):
        return
    gradient, parameter.grad = parameter.grad, None
    twin = _twin(parameter, moved)
    try:
        torch.utils.swap_tensors(parameter, twin)  # type: ignore[no-untyped-call]
    except RuntimeError:  # something else holds on to its memory: a new object, as torch does by default
        module.register_parameter(name, twin)
        parameter = twin
    if gradient is not None:
        parameter.grad = fn(gradient)


def _twin(parameter: Tensor, moved: Tensor) -> Any:
    """A parameter with the moved data; of a lazy module, one that still has no shape, where the data lies."""
    if is_lazy(parameter):
        return UninitializedParameter(parameter.requires_grad, moved.device, moved.dtype)  # type: ignore[call-arg, arg-type]
    return nn.Parameter(moved, parameter.requires_grad)


def patch_pinning() -> None:
    """There is no pinned memory: pinning a CPU tensor leaves a mark on it, pinning a device tensor is refused."""

    def pin_memory(self: Tensor, *device: Any) -> Tensor:
        if is_ours(self):
            raise RuntimeError(rules.cannot_pin(self))
        pinned = self.detach().view_as(self) if self.is_leaf else self
        pinned._pinned = True  # type: ignore[attr-defined]
        return pinned

    def is_pinned(self: Tensor, *device: Any) -> bool:
        return bool(getattr(self, "_pinned", False))

    Tensor.pin_memory = pin_memory  # type: ignore[method-assign, assignment]
    Tensor.is_pinned = is_pinned  # type: ignore[method-assign, assignment]


def patch_ctc_loss() -> None:
    """Lengths go in as numbers: for tensor subclasses ATen takes a route that divides by them on their own device."""
    plain = torch.ctc_loss

    def ctc_loss(log_probs: Tensor, targets: Tensor, input_lengths: Any, target_lengths: Any, *rest: Any) -> Tensor:
        if is_ours(log_probs) and isinstance(input_lengths, Tensor):
            input_lengths, target_lengths = input_lengths.tolist(), target_lengths.tolist()
        return plain(log_probs, targets, input_lengths, target_lengths, *rest)

    torch.ctc_loss = ctc_loss  # type: ignore[assignment]
