"""Entering the device from outside: operators that get no device tensor, only `device="sim"`.

Those never reach `SimTensor.__torch_dispatch__`; the dispatcher looks for a kernel of the device itself. A fallback
catches most. Some must be registered one by one: a bare fallback asserts when Python dispatch is excluded or a
dispatch mode is on, which is how autograd, function transforms and `with torch.device(...)` call them. `scalar_tensor`,
behind `x[0] = 1.0`, would else be two operators.
"""

from typing import Any, Final

import torch

from .dispatch import dispatch
from .private import DEVICE_KEY, OpOverload

#: Operators that need a kernel of their own.
EXPLICIT: Final = """
    empty.memory_format empty_strided copy_ _copy_from_and_resize set_.source_Storage_storage_offset tril_indices
    triu_indices resize_ _local_scalar_dense fill_.Scalar zero_ as_strided view _reshape_alias eye.m_out eye.out
    arange.start_out linspace.out logspace.out randperm.generator_out normal_ uniform_ random_ random_.from random_.to
    bernoulli_.float exponential_ _to_copy _efficientzerotensor scalar_tensor
"""

#: A library unregisters its kernels when it is collected: they are kept here for the life of the process.
kept: Final[list[torch.library.Library]] = []


def operator(name: str) -> OpOverload:
    """`aten` operator by its name, `eye` or `eye.out`."""
    packet, _, overload = name.partition(".")
    found: OpOverload = getattr(getattr(torch.ops.aten, packet), overload or "default")
    return found


def library(namespace: str) -> torch.library.Library:
    """A library of kernels that lasts as long as the process."""
    opened = torch.library.Library(namespace, "IMPL")  # type: ignore[no-untyped-call]
    kept.append(opened)
    return opened


def register(names: str = EXPLICIT, key: str = DEVICE_KEY) -> None:
    """Let every operator that asks for the device come to `dispatch`."""
    library("_").fallback(_fallback, key)  # type: ignore[no-untyped-call]
    kernels = library("aten")
    for name in names.split():
        kernels.impl(operator(name), _kernel(operator(name)), key)  # type: ignore[no-untyped-call]


def _fallback(func: OpOverload, *args: Any, **kwargs: Any) -> Any:
    return dispatch(func, (), args, kwargs)


def _kernel(func: OpOverload) -> Any:
    return lambda *args, **kwargs: dispatch(func, (), args, kwargs)
