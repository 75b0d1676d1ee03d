"""How one operator runs on the device: unwrap, check the devices, run the CPU's kernel, wrap.

What an operator needs beyond that is read once from its schema and kept as a `Plan`. Operators with rules of their
own (copies, indices, the accelerator's fused cells) are registered with `@special`, in `kernels.py` and `rnn.py`.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor

from . import private, rules
from .device import DEVICE
from .generators import is_of_device
from .log import note_operation, note_sync
from .private import OpOverload, RawGenerator
from .tensor import SimTensor, wrap, wrap_all

Kernel = Callable[[OpOverload, tuple[Any, ...], dict[str, Any]], Any]

#: Operators that an accelerator cannot answer without waiting for its results.
SYNCHRONISING: Final = frozenset(
    {"nonzero", "masked_select", "_unique2", "unique_dim", "unique_consecutive", "repeat_interleave", "equal"}
    | {"bincount", "is_nonzero", "nonzero_static", "masked_scatter_"}
)

CPU: Final = torch.device("cpu")

#: What passes to the CPU's kernel as it is: a look into a set is cheaper than what `_bare` asks.
_PLAIN: Final = frozenset(
    {int, float, bool, str, type(None), torch.dtype, torch.device, torch.layout, torch.memory_format}
)

_special: Final[dict[OpOverload, Kernel]] = {}


@dataclass(frozen=True, slots=True)
class Plan:
    """What the schema of an operator says about running it."""

    name: str
    #: Runs it on the CPU's tensors.
    on_cpu: Callable[..., Any]
    #: Runs it instead of the common way.
    kernel: Kernel | None
    #: A 0-dimensional CPU tensor may stand beside device tensors.
    scalars_welcome: bool
    #: It may change the sizes or strides of an argument in place.
    reshapes: bool
    #: It makes the CPU wait for the device.
    synchronises: bool
    #: For each result, the argument (position, name) that it is, or None for a new tensor. Empty: all are new.
    results: tuple[tuple[int, str] | None, ...]


@functools.cache  # a pure function of the operator, asked for each operation
def plan_of(func: OpOverload) -> Plan:
    """The plan of an operator, made at its first use."""
    schema = private.schema_of(func)
    name = schema.name.split("::")[1]
    results = tuple(_written_argument(schema, result) for result in schema.returns)
    return Plan(
        name=name,
        on_cpu=private.entry_of(func),
        kernel=_special.get(func),
        scalars_welcome=torch.Tag.pointwise in func.tags or name in rules.SCALARS_WELCOME,
        reshapes=(
            torch.Tag.inplace_view in func.tags
            or name in ("resize_", "set_", "resize_as_")
            or any(argument.is_out for argument in schema.arguments)
        ),
        synchronises=name in SYNCHRONISING,
        results=results if any(results) else (),
    )


def _written_argument(schema: Any, result: Any) -> tuple[int, str] | None:
    """The argument that a result is: `add_` returns its `self`, `add.out` its `out`."""
    if result.alias_info is None or not result.alias_info.is_write:
        return None
    for position, argument in enumerate(schema.arguments):
        if argument.alias_info is not None and argument.alias_info.before_set & result.alias_info.before_set:
            return position, argument.name
    return None


def special(*operators: OpOverload) -> Callable[[Kernel], Kernel]:
    """Let a function run these operators instead of the common way."""

    def register(kernel: Kernel) -> Kernel:
        for operator in operators:
            _special[operator] = kernel
        return kernel

    return register


def dispatch(func: OpOverload, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None) -> Any:
    """Run one operator some of whose tensors, or whose wanted device, are ours: `SimTensor.__torch_dispatch__`."""
    note_operation()
    plan = plan_of(func)
    if plan.kernel is not None:
        return plan.kernel(func, args, kwargs or {})
    return run(plan, func, args, kwargs or {})


def run(plan: Plan, func: OpOverload, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The common way of running an operator. Raises RuntimeError, as CUDA does, when devices are mixed."""
    strangers: list[Tensor] = []
    raw_args: list[Any] = []
    for value in args:  # here and not in `_bare`: every operation passes through
        kind = type(value)
        if kind is SimTensor:
            raw_args.append(value._raw)
        else:
            raw_args.append(value if kind in _PLAIN else _bare(value, strangers))
    onto_device = not kwargs or _is_wanted_here(kwargs)
    raw_kwargs = _bare_keywords(kwargs, strangers) if kwargs else kwargs
    if strangers:
        rules.check(func, args, kwargs, strangers, name=plan.name, scalars_welcome=plan.scalars_welcome)
    if plan.synchronises:
        note_sync(plan.name)
    result = plan.on_cpu(*raw_args, **raw_kwargs)
    if plan.reshapes:
        for value in (*args, *kwargs.values()):
            if type(value) is SimTensor:
                private.follow(value, value._raw)
    if plan.results:
        return _results(plan, args, kwargs, result)
    if not onto_device:
        return result
    return wrap(result) if type(result) is Tensor else wrap_all(result)


def _is_wanted_here(kwargs: dict[str, Any]) -> bool:
    wanted = kwargs.get("device")
    if wanted is None:
        return True
    refuse_other_index(wanted)
    return wanted.type in DEVICE.types


def refuse_other_index(device: torch.device) -> None:
    """There is one simulated device; `sim:1` is refused as CUDA refuses a card that is not there."""
    if device.type in DEVICE.types and device.index:
        raise RuntimeError(f"{DEVICE.name.upper()} error: invalid device ordinal")


def _bare(value: Any, strangers: list[Tensor]) -> Any:
    """An argument for the CPU's kernel; CPU tensors among the arguments are added to `strangers`."""
    kind = type(value)
    if kind is SimTensor:
        return value._raw
    if kind is list or kind is tuple:
        return [_bare(item, strangers) for item in value]
    if isinstance(value, Tensor):
        strangers.append(value)
    elif isinstance(value, RawGenerator) and not is_of_device(value):
        raise RuntimeError(rules.generator_elsewhere(value))
    return value


def _bare_keywords(kwargs: dict[str, Any], strangers: list[Tensor]) -> dict[str, Any]:
    """Keyword arguments for the CPU's kernel, which makes on the CPU what is wanted on the device."""
    raw = {name: _bare(value, strangers) for name, value in kwargs.items()}
    device = raw.get("device")
    if device is not None and device.type in DEVICE.types:
        raw["device"] = CPU
    if "pin_memory" in raw:
        raw["pin_memory"] = False
    return raw


def _results(plan: Plan, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> Any:
    """An in-place or `out=` operator returns the wrappers that it was given."""

    def given(place: tuple[int, str]) -> Any:
        position, name = place
        return args[position] if position < len(args) else kwargs[name]

    if len(plan.results) == 1 and plan.results[0] is not None:
        return given(plan.results[0])
    values = result if isinstance(result, tuple) else (result,)
    return tuple(
        wrap_all(value) if place is None else given(place) for place, value in zip(plan.results, values, strict=True)
    )


SimTensor.__torch_dispatch__ = staticmethod(dispatch)
