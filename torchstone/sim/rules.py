"""Which tensors may meet on the device, and in which words CUDA refuses the others.

A CPU tensor beside device tensors is refused, except where CUDA allows it: a 0-dimensional one in pointwise
operations, lengths that belong on the CPU, indices. The sentences are torch's own, with this device's name, so that
what a student reads here is what they will search for later.
"""

from collections.abc import Iterator
from typing import Any, Final

import torch
from torch import Tensor

from .device import DEVICE
from .log import Fault, note_fault, skipped
from .places import here
from .private import OpOverload, schema_of
from .strangers import introduce
from .tensor import is_ours, legacy_type_name

#: Operators that take a 0-dimensional CPU tensor beside device tensors without being tagged pointwise.
SCALARS_WELCOME: Final = frozenset(
    {"fill", "fill_", "masked_fill", "masked_fill_", "lerp", "lerp_", "clamp", "where", "addcmul", "addcdiv"}
    | {"addcmul_", "addcdiv_", "mse_loss", "smooth_l1_loss", "huber_loss", "mse_loss_backward"}
    | {"smooth_l1_loss_backward", "huber_loss_backward", "sigmoid_backward", "tanh_backward"}
)

#: Arguments that belong on the CPU whatever the rest is on.
CPU_ARGUMENTS: Final = {
    name: frozenset({"input_lengths", "target_lengths"})
    for name in ("_ctc_loss", "_ctc_loss_backward", "_use_cudnn_ctc_loss")
}

#: CUDA's own name in "when checking argument in method wrapper_CUDA_…", where it is not the operator's.
_WRAPPER_NAMES: Final = {
    "embedding": "_index_select",
    "index_select": "_index_select",
    "native_layer_norm": "_native_layer_norm",
    "embedding_dense_backward": "_embedding_dense_backward",
}

_CONVOLUTIONS: Final = ("convolution", "convolution_overrideable", "_convolution")


def check(
    func: OpOverload, args: Any, kwargs: Any, strangers: list[Tensor], *, name: str, scalars_welcome: bool
) -> None:
    """Refuse an operator's CPU tensors, or let them pass where CUDA does.

    `strangers` are the CPU tensors among the arguments, at least one. Raises RuntimeError in CUDA's words.
    """
    if name in CPU_ARGUMENTS:
        strangers = [t for t in strangers if argument_name(func, t, args, kwargs) not in CPU_ARGUMENTS[name]]
        if not strangers:
            return
    scalars_only = all(t.dim() == 0 for t in strangers)
    if scalars_only and name.startswith(("_foreach_", "_fused_")):
        return  # step counters and learning rates of the optimizers
    if scalars_only and scalars_welcome and name not in CPU_ARGUMENTS:
        if name.endswith("_") and args and isinstance(args[0], Tensor) and not is_ours(args[0]):
            raise fault(two_devices(), func, strangers)  # the result would have to go onto the CPU
        return
    raise fault(_message(func, args, kwargs, name, scalars_welcome), func, strangers)


def _message(func: OpOverload, args: Any, kwargs: Any, name: str, pointwise: bool) -> str:
    if name in _CONVOLUTIONS:
        return _convolution(*args[:3])
    return two_devices() if pointwise else _wrapper(func, name, args, kwargs)


def two_devices() -> str:
    return f"Expected all tensors to be on the same device, but found at least two devices, {DEVICE.shown} and cpu!"


def mask_elsewhere(tensor: Tensor, mask: Tensor) -> str:
    return f"expected self and mask to be on the same device, but got mask on {mask.device} and self on {tensor.device}"


def index_elsewhere() -> str:
    return "indices should be either on cpu or on the same device as the indexed tensor (cpu)"


def generator_elsewhere(generator: torch.Generator) -> str:
    return f"Expected a '{DEVICE.name}' device type for generator but found '{generator.device.type}'"


def incompatible_data() -> str:
    return "Attempted to call `variable.set_data(tensor)`, but `variable` and `tensor` have incompatible tensor type."


def cannot_pin(tensor: Tensor) -> str:
    return f"cannot pin '{legacy_type_name(tensor)}' only dense CPU tensors can be pinned"


def _convolution(x: Tensor, weight: Tensor, bias: Tensor | None) -> str:
    other, what = (weight, "weight") if is_ours(x) != is_ours(weight) or bias is None else (bias, "bias")
    return f"Input type ({legacy_type_name(x)}) and {what} type ({legacy_type_name(other)}) should be the same"


def _wrapper(func: OpOverload, name: str, args: Any, kwargs: Any) -> str:
    """What CUDA's generated wrappers say: the first tensor's device is the common one, the first other is named."""
    common: torch.device | None = None
    for tensor in _tensors(args, kwargs):
        if common is None:
            common = tensor.device
        elif tensor.device != common:
            argument = "index" if name == "embedding" else argument_name(func, tensor, args, kwargs)
            method = f"wrapper_{DEVICE.name.upper()}_{_WRAPPER_NAMES.get(name, name)}"
            return (
                f"Expected all tensors to be on the same device, but got {argument} is on {tensor.device}, different "
                f"from other tensors on {common} (when checking argument in method {method})"
            )
    return two_devices()


def _tensors(args: Any, kwargs: Any) -> Iterator[Tensor]:
    for value in (*args, *kwargs.values()):
        for item in value if isinstance(value, (list, tuple)) else (value,):
            if isinstance(item, Tensor):
                yield item


def argument_name(func: OpOverload, tensor: Tensor, args: Any, kwargs: Any) -> str:
    """The schema's name for the argument that `tensor` was given as."""
    for declared, value in zip(schema_of(func).arguments, args, strict=False):
        if value is tensor or (isinstance(value, (list, tuple)) and any(item is tensor for item in value)):
            return str(declared.name)
    return next((name for name, value in kwargs.items() if value is tensor), "tensors")


# Faults -------------------------------------------------------------------------------------------------------------


def fault(message: str, func: OpOverload | str, strangers: list[Tensor]) -> RuntimeError:
    """The exception to raise; what is known about it stands in the logs and can be had with `fault_of`."""
    found = Fault(str(func), message, here(skipped()), tuple(introduce(t) for t in strangers))
    note_fault(found)
    error = RuntimeError(message)
    error.simulated_device_fault = found  # type: ignore[attr-defined]
    return error


def fault_of(error: BaseException) -> Fault | None:
    """What the device knows about an exception of its own, or about the one that caused it; None for any other."""
    seen: BaseException | None = error
    while seen is not None:
        known = getattr(seen, "simulated_device_fault", None)
        if isinstance(known, Fault):
            return known
        seen = seen.__cause__ or seen.__context__
    return None
