"""Operators with rules of their own: copies between devices, indices, masks, packed sequences."""

from collections.abc import Callable
from typing import Any, Final

import torch
from torch import Tensor

from . import rules
from .device import DEVICE
from .dispatch import CPU, refuse_other_index, special
from .log import note_move, note_sync
from .private import OpOverload, is_in_place
from .tensor import is_ours, unwrap, wrap

aten = torch.ops.aten

Args = tuple[Any, ...]
Kwargs = dict[str, Any]


# Copies between devices ---------------------------------------------------------------------------------------------


@special(aten._to_copy.default)
def _to_copy(func: OpOverload, args: Args, kwargs: Kwargs) -> Tensor:
    """`x.to(...)`: the one way onto the device and off it."""
    source = args[0]
    wanted, was_ours = kwargs.get("device"), is_ours(source)
    if wanted is not None:
        refuse_other_index(wanted)
    onto_device = was_ours if wanted is None else wanted.type in DEVICE.types
    place = CPU if wanted is None or onto_device else wanted  # or the meta device
    raw: Tensor = unwrap(source).to(
        place, kwargs.get("dtype"), copy=True, memory_format=kwargs.get("memory_format", torch.preserve_format)
    )
    if onto_device != was_ours:
        note_move("device" if onto_device else "cpu", source.size())  # which an uninitialized one answers too
    return wrap(raw) if onto_device else raw


@special(aten.copy_.default)
def _copy(func: OpOverload, args: Args, kwargs: Kwargs) -> Tensor:
    target, source = args[0], args[1]
    if not is_ours(target):
        note_move("cpu", target.size())
    elif not is_ours(source):
        note_move("device", source.size())
    unwrap(target).copy_(unwrap(source))
    return target  # type: ignore[no-any-return]


@special(aten._copy_from.default, aten._copy_from_and_resize.default)
def _copy_from(func: OpOverload, args: Args, kwargs: Kwargs) -> Tensor:
    source, target = args[0], args[1]
    aten.copy_.default(unwrap(target), unwrap(source))
    return target  # type: ignore[no-any-return]


@special(aten._local_scalar_dense.default)
def _item(func: OpOverload, args: Args, kwargs: Kwargs) -> Any:
    note_sync("item")
    return unwrap(args[0]).item()


# Made on the device -------------------------------------------------------------------------------------------------

#: Torch's own functions: they read `dtype=` and the like in a third of the time that the operators take.
_MAKERS: Final[dict[OpOverload, Callable[..., Tensor]]] = {
    aten.empty.memory_format: torch.empty,
    aten.empty_strided.default: torch.empty_strided,
    aten.scalar_tensor.default: torch.scalar_tensor,
}


@special(*_MAKERS)
def _make(func: OpOverload, args: Args, kwargs: Kwargs) -> Tensor:
    refuse_other_index(kwargs["device"])
    return wrap(_MAKERS[func](*args, **kwargs | {"device": CPU, "pin_memory": False}))


# Indices and masks --------------------------------------------------------------------------------------------------


def _check_indices(func: OpOverload, tensor: Any, indices: Any) -> None:
    """A CPU index into a device tensor is copied over; a device index into a CPU tensor is refused."""
    for index in indices:
        if is_ours(index):
            if not is_ours(tensor):
                raise rules.fault(rules.index_elsewhere(), func, [tensor])
            if index.dtype in (torch.bool, torch.uint8):
                note_sync("index by a mask")
        elif is_ours(tensor) and isinstance(index, Tensor) and index.numel() > 1:
            note_move("device", index.shape)


@special(aten.index.Tensor, aten._unsafe_index.Tensor)
def _index(func: OpOverload, args: Args, kwargs: Kwargs) -> Tensor:
    _check_indices(func, args[0], args[1])
    return wrap(func(*unwrap(args)))


@special(aten.index_put_.default, aten.index_put.default, aten._index_put_impl_.default, aten._unsafe_index_put.default)
def _index_put(func: OpOverload, args: Args, kwargs: Kwargs) -> Tensor:
    tensor, indices, values = args[:3]
    _check_indices(func, tensor, indices)
    if is_ours(values) != is_ours(tensor) and values.dim() > 0:
        raise rules.fault(rules.two_devices(), func, [t for t in (tensor, values) if not is_ours(t)])
    result = func(*unwrap(args), **{name: unwrap(value) for name, value in kwargs.items()})
    return tensor if is_in_place(func) else wrap(result)


@special(aten.masked_fill_.Tensor, aten.masked_fill.Tensor, aten.masked_fill_.Scalar, aten.masked_fill.Scalar)
def _masked_fill(func: OpOverload, args: Args, kwargs: Kwargs) -> Tensor:
    tensor, mask, value = args
    if is_ours(tensor) != is_ours(mask):
        strangers = [t for t in args if isinstance(t, Tensor) and not is_ours(t)]
        raise rules.fault(rules.mask_elsewhere(tensor, mask), func, strangers)
    result = func(unwrap(tensor), unwrap(mask), unwrap(value))
    return tensor if is_in_place(func) else wrap(result)


# Packed sequences: lengths stay on the CPU --------------------------------------------------------------------------


@special(aten._pack_padded_sequence.default)
def _pack(func: OpOverload, args: Args, kwargs: Kwargs) -> tuple[Tensor, Tensor]:
    padded, lengths, *rest = args
    if is_ours(lengths):
        raise RuntimeError(f"'lengths' argument should be a 1D CPU int64 tensor, but got 1D {DEVICE.shown} Long tensor")
    data, batch_sizes = func(unwrap(padded), lengths, *rest)
    return wrap(data), batch_sizes


@special(aten._pack_padded_sequence_backward.default)
def _pack_backward(func: OpOverload, args: Args, kwargs: Kwargs) -> Tensor:
    return wrap(func(*unwrap(args)))


# Answers without a kernel -------------------------------------------------------------------------------------------


@special(aten._nested_tensor_from_mask_left_aligned.default)
def _left_aligned(func: OpOverload, args: Args, kwargs: Kwargs) -> bool:
    return False  # keeps the transformer's encoder from its nested-tensor path


@special(aten._efficientzerotensor.default)
def _zero_tensor(func: OpOverload, args: Args, kwargs: Kwargs) -> Tensor:
    return wrap(torch.zeros(args[0], dtype=kwargs.get("dtype"), device=CPU))


@special(aten._has_compatible_shallow_copy_type.default)
def _may_share(func: OpOverload, args: Args, kwargs: Kwargs) -> bool:
    return is_ours(args[0]) == is_ours(args[1])


@special(aten.record_stream.default)
def _record_stream(func: OpOverload, args: Args, kwargs: Kwargs) -> None:
    return None


@special(aten.is_pinned.default)
def _is_pinned(func: OpOverload, args: Args, kwargs: Kwargs) -> bool:
    return False


@special(aten._pin_memory.default, aten.pin_memory.default)
def _pin_memory(func: OpOverload, args: Args, kwargs: Kwargs) -> Tensor:
    if is_ours(args[0]):
        raise RuntimeError(rules.cannot_pin(args[0]))
    twin: Tensor = args[0].clone()
    return twin
