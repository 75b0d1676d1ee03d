"""The tensor of the simulated device.

A `SimTensor` has the sizes, strides and dtype of a tensor on the device and no memory; its values lie in a hidden CPU
tensor, `_raw`. Autograd, composite operators, views and version counters are torch's own C++ and see the wrapper;
what reaches `__torch_dispatch__` are the leaf operators, which `dispatch.py` runs on the raw tensors.

Below are also the methods that torch answers in C++ before any dispatch, wrongly or not at all for a wrapper.
"""

import copy
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, ClassVar, NoReturn

import torch
from torch import Tensor

from . import private
from .device import DEVICE
from .log import note_sync


class SimTensor(Tensor):
    """A tensor on the simulated device. Made by `wrap`, never by hand."""

    _raw: Tensor
    #: Runs one operator; set by `dispatch.py`, which needs this class as much as this class needs it.
    __torch_dispatch__: ClassVar[Callable[..., Any]]  # type: ignore[misc]

    __torch_function__ = private.NO_TORCH_FUNCTION  # type: ignore[assignment]

    @staticmethod
    def __new__(cls: type[Tensor], raw: Tensor, requires_grad: bool = False) -> "SimTensor":
        return wrap(raw, requires_grad)

    # To Python and NumPy ------------------------------------------------------------------------------------------

    def numpy(self, *, force: bool = False) -> Any:
        """As on an accelerator: refused unless forced, whether or not it requires grad."""
        if not force:
            refuse_numpy()
        return self.detach().cpu().resolve_conj().resolve_neg().numpy()

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        refuse_numpy()

    def tolist(self) -> Any:
        note_sync("tolist")
        return self._raw.tolist()

    def __repr__(self, *, tensor_contents: Any = None) -> str:  # type: ignore[override]
        text = private.text_of(self._raw.detach())
        facts = f", device='{self.device}'"
        if self.grad_fn is not None:
            facts += f", grad_fn=<{type(self.grad_fn).__name__}>"
        elif self.requires_grad:
            facts += ", requires_grad=True"
        end = text.rindex(")")
        text = text[:end] + facts + text[end:]
        return f"Parameter containing:\n{text}" if private.is_parameter(self) else text

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if self.dim() == 0 else object.__format__(self, spec)

    # Memory: that of the raw tensor -------------------------------------------------------------------------------

    def data_ptr(self) -> int:
        return self._raw.data_ptr()

    def untyped_storage(self) -> torch.UntypedStorage:
        return self._raw.untyped_storage()

    def storage(self) -> Any:
        return self._raw.storage()  # type: ignore[no-untyped-call]

    def share_memory_(self) -> "SimTensor":
        return self

    def is_shared(self) -> bool:
        return False

    @property
    def data(self) -> Tensor:
        """The tensor without its history; assigning gives this tensor other values."""
        detached: Tensor = Tensor.data.__get__(self)  # type: ignore[attr-defined]
        return detached

    @data.setter
    def data(self, new: Tensor) -> None:
        if not isinstance(new, SimTensor):
            from .rules import fault, incompatible_data  # it needs this class

            raise fault(incompatible_data(), "set_data", [new])
        Tensor.data.__set__(self, new)  # type: ignore[attr-defined]
        self._raw = new._raw

    # Copies and pickles -------------------------------------------------------------------------------------------

    def __deepcopy__(self, memo: dict[Any, Any]) -> "SimTensor":
        if not self.is_leaf:
            raise RuntimeError(
                "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the "
                "moment."
            )
        if id(self) in memo:
            known: SimTensor = memo[id(self)]
            return known
        raw = self._raw
        key = ("storage of the simulated device", private.storage_key(raw))  # views of one memory stay so
        if key not in memo:
            memo[key] = raw.untyped_storage().clone()  # type: ignore[no-untyped-call]
        twin = torch.empty(0, dtype=raw.dtype).set_(memo[key], raw.storage_offset(), raw.size(), raw.stride())
        new = wrap(twin, self.requires_grad)
        for name, value in self.__dict__.items():
            if name != "_raw":
                new.__dict__[name] = copy.deepcopy(value, memo)
        if self.grad is not None:
            new.grad = copy.deepcopy(self.grad, memo)
        memo[id(self)] = new
        return new

    def __reduce_ex__(self, protocol: Any) -> Any:
        """The pickle that a CUDA tensor would make: a storage tagged with its device (see serialization.py)."""
        if private.is_parameter(self):
            return private.rebuild_parameter, (wrap(self._raw), self.requires_grad, OrderedDict())
        raw = self._raw
        storage = private.typed_storage(raw)
        mark_storage(private.untyped(storage))
        place = (raw.storage_offset(), tuple(raw.size()), raw.stride())
        return private.rebuild_tensor_v2, (storage, *place, self.requires_grad, OrderedDict())


def wrap(raw: Tensor, requires_grad: bool = False, kind: "type[SimTensor]" = SimTensor) -> SimTensor:
    """The device tensor whose values lie in the CPU tensor `raw`."""
    sizes, strides, offset = raw.size(), raw.stride(), raw.storage_offset()
    wrapper: SimTensor = private.make_wrapper(
        kind, sizes, strides, offset, None, raw.dtype, raw.layout, DEVICE.real, False, requires_grad
    )
    wrapper._raw = raw
    return wrapper


def wrap_all(value: Any) -> Any:
    """Whatever an operator returned, with its tensors wrapped."""
    if isinstance(value, Tensor):
        return wrap(value)
    if type(value) in (list, tuple):
        return type(value)(wrap_all(item) for item in value)
    return value


def unwrap(value: Any) -> Any:
    """The raw tensor of a device tensor; in lists and tuples too; anything else as it is."""
    kind = type(value)
    if kind is SimTensor:
        return value._raw
    if kind in (list, tuple):
        return kind(unwrap(item) for item in value)
    return value


def is_ours(value: object) -> bool:
    """Whether a value is a tensor of the device."""
    return type(value) is SimTensor


def mark_storage(storage: torch.UntypedStorage) -> None:
    """Remember that a storage holds values of the device: it is what `torch.save` writes."""
    storage._of_simulated_device = True  # type: ignore[attr-defined]


def has_mark(storage: torch.UntypedStorage) -> bool:
    return bool(getattr(storage, "_of_simulated_device", False))


def legacy_type_name(tensor: Tensor) -> str:
    """`torch.sim.FloatTensor`, `torch.LongTensor`: how torch's older messages call a tensor."""
    names = {
        torch.float32: "FloatTensor",
        torch.float64: "DoubleTensor",
        torch.float16: "HalfTensor",
        torch.bfloat16: "BFloat16Tensor",
        torch.int64: "LongTensor",
        torch.int32: "IntTensor",
        torch.bool: "BoolTensor",
    }
    name = names.get(tensor.dtype, str(tensor.dtype).removeprefix("torch."))
    return f"torch.{DEVICE.name}.{name}" if is_ours(tensor) else f"torch.{name}"


def refuse_numpy() -> NoReturn:
    raise TypeError(
        f"can't convert {DEVICE.shown} device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host memory "
        "first."
    )
