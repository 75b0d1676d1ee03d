"""Parameters and buffers of lazy modules, which have a device before they have a shape: `nn.LazyLinear(3).to("sim")`.

Torch keeps such a tensor as an empty one whose class refuses almost every use; the first forward gives it data and
another class. Here are the two classes for the device: the refusals are torch's, and they become a `SimTensor`.
"""

from collections.abc import Callable
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn import parameter
from torch.nn.parameter import UninitializedTensorMixin  # type: ignore[attr-defined]

from . import private
from .dispatch import CPU, dispatch
from .private import OpOverload
from .tensor import SimTensor, is_ours, wrap


class Uninitialized(UninitializedTensorMixin, SimTensor):  # type: ignore[misc]
    """What the two have in common. They bear the names of torch's own, which its messages quote."""

    #: The class of such a tensor that lies elsewhere.
    elsewhere: ClassVar[type[Tensor]]
    #: Whether one requires a gradient if nothing is said.
    wants_gradient: ClassVar[bool]
    cls_to_become = SimTensor

    # Torch's own again, instead of a SimTensor's: they are refused.
    numpy, tolist, data_ptr = Tensor.numpy, Tensor.tolist, Tensor.data_ptr
    untyped_storage, storage = Tensor.untyped_storage, Tensor.storage
    __str__ = UninitializedTensorMixin.__repr__

    @staticmethod
    def __torch_dispatch__(  # type: ignore[override]
        func: OpOverload, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """What is not refused (moves, copies, `.data`) runs on an empty tensor of the device."""
        empty = (wrap(value._raw) if isinstance(value, Uninitialized) else value for value in args)
        return dispatch(func, types, tuple(empty), kwargs)

    def __reduce_ex__(self, protocol: Any) -> Any:
        """The pickle that torch makes on every device: it does not keep the device."""
        return self.elsewhere, (self.requires_grad,)


class UninitializedParameter(Uninitialized, parameter.UninitializedParameter):
    """A parameter on the device that has no shape yet."""

    elsewhere = parameter.UninitializedParameter
    wants_gradient = True


class UninitializedBuffer(Uninitialized, parameter.UninitializedBuffer):
    """A buffer on the device that has no shape yet."""

    elsewhere = parameter.UninitializedBuffer
    wants_gradient = False
    __deepcopy__ = Tensor.__deepcopy__  # refused as well

    @classmethod
    def __torch_function__(  # type: ignore[override]
        cls, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """A moved buffer stays uninitialized; torch's own way cannot make another class of a SimTensor."""
        beyond: Any = super(parameter.UninitializedBuffer, cls)  # torch's class has this method too, by `register`
        result = beyond.__torch_function__(func, types, args, kwargs)
        if is_ours(result):
            return wrap(result._raw, kind=cls)
        return result.as_subclass(cls.elsewhere) if type(result) is Tensor else result


def register() -> None:
    """Let torch's classes make these where the device is asked for; once, at installation."""
    kinds: tuple[type[Uninitialized], ...] = (UninitializedParameter, UninitializedBuffer)
    for kind in kinds:
        kind.elsewhere.__new__ = staticmethod(_maker(kind))  # type: ignore[assignment]
    parameter.UninitializedBuffer.__torch_function__ = UninitializedBuffer.__torch_function__  # type: ignore[method-assign]


def _maker(kind: type[Uninitialized]) -> Callable[..., Tensor]:
    plain = kind.elsewhere.__new__

    def make(
        cls: type, requires_grad: bool = kind.wants_gradient, device: Any = None, dtype: Any = None, **rest: Any
    ) -> Tensor:
        empty: Any = torch.empty(0, device=device, dtype=dtype)
        if not is_ours(empty):
            return plain(kind.elsewhere if cls is kind else cls, requires_grad, device, dtype, **rest)
        made = wrap(empty._raw, requires_grad, kind)
        made.__dict__ |= plain(kind.elsewhere, requires_grad, CPU, **rest).__dict__
        if kind is UninitializedParameter:
            private.mark_parameter(made)
        return made

    return make
