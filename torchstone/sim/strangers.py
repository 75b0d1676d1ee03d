"""Who a CPU tensor is that met tensors of the device: what the code calls it, what holds it, where it comes from."""

import dis
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import CodeType, FrameType, FunctionType, ModuleType, TracebackType
from typing import Final

import torch
from torch import Tensor
from torch.nn import Module
from torch.nn.parameter import is_lazy

from .log import Holder, Stranger, skipped
from .places import Place, birth_of, frames, is_theirs, place_of
from .tensor import is_ours

#: What a module keeps its registered tensors in.
_REGISTERED: Final = ("_parameters", "_buffers")


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a tensor from the variables around it."""

    name: str | None = None
    holder: Holder = "unknown"
    #: The line that put it where it is held, if that is the line to change.
    kept: Place | None = None


def introduce(tensor: Tensor) -> Stranger:
    """A tensor that has just met tensors of the device, with the student's frames on the stack."""
    try:
        known = _look_up(tensor)
    except Exception:  # a student's object may raise at any touch; an explanation must not hide the fault itself
        known = _Known()
    return _stranger(tensor, known)


def around(traceback: TracebackType | None) -> Stranger | None:
    """A CPU tensor among the variables of the innermost student's frame, rather one whose birth is known."""
    variables: dict[str, object] = {}
    while traceback is not None:
        if is_theirs(traceback.tb_frame, skipped()):
            variables = dict(traceback.tb_frame.f_locals)
        traceback = traceback.tb_next
    found = [
        _stranger(tensor, _Known(name, "local"))
        for name, value in variables.items()
        for tensor in (value if isinstance(value, (tuple, list)) else (value,))
        if isinstance(tensor, Tensor) and not is_ours(tensor) and not is_lazy(tensor)
        if tensor.device.type == "cpu" and tensor.dim() > 0
    ]
    return min(found, key=lambda s: s.born is None, default=None)


def _stranger(tensor: Tensor, known: _Known) -> Stranger:
    birth = birth_of(tensor)
    return Stranger(
        tuple(tensor.shape),
        known.name,
        known.holder,
        known.kept or (birth.place if birth else None),
        birth.manner if birth else "made",
        tensor.requires_grad,
    )


# Names --------------------------------------------------------------------------------------------------------------


def _look_up(tensor: Tensor) -> _Known:
    """Innermost frame first. What a module holds says most: there it stays, while the module moves."""
    seen = list(frames(skipped()))
    for same in (_same_memory, _same_birth):
        for frame in seen:
            if (known := _plain_attribute(frame, tensor, same)) is not None:
                return known
    for frame in seen:
        if (known := _variable(frame, tensor)) is not None:
            return known
    for frame in seen:
        for name, value in list(frame.f_globals.items()):
            if _same_birth(value, tensor):
                return _Known(name, "global")
    return _Known()


def _plain_attribute(frame: FrameType, tensor: Tensor, same: Callable[[object, Tensor], bool]) -> _Known | None:
    for name, value in dict(frame.f_locals).items():
        if not isinstance(value, Module):
            continue
        for attribute, held in _attributes(value):
            for path, item in _items(held) if attribute not in _REGISTERED else ():
                if same(item, tensor):
                    if _made_in(frame.f_code, tensor):
                        return _Known(f"{name}.{attribute}", "local")
                    return _Known(f"{name}.{attribute}{path}", "plain attribute", _assigned(value, attribute))
    return None


def _variable(frame: FrameType, tensor: Tensor) -> _Known | None:
    """A variable with the tensor's memory, or a variable's attribute."""
    variables = dict(frame.f_locals)
    for name, value in variables.items():
        if _same_memory(value, tensor):
            return _Known(name, "global" if frame.f_locals is frame.f_globals else "local")
    for name, value in variables.items():
        for attribute, held in _attributes(value):
            if _same_memory(held, tensor):
                return _Known(f"{name}.{attribute}", "attribute")
            if attribute in _REGISTERED and isinstance(held, dict):
                for key, registered in held.items():
                    if _same_memory(registered, tensor):
                        own = name != "self" and _made_in(frame.f_code, tensor)  # a layer made at this call
                        return _Known(name, "local") if own else _Known(f"{name}.{key}", "registered")
    for name, value in list(frame.f_globals.items()):
        if _same_memory(value, tensor):
            return _Known(name, "global")
    return None


def _attributes(value: object) -> Iterator[tuple[str, object]]:
    """An object's own attributes, then its class's; nothing of modules, classes and plain values."""
    own = getattr(value, "__dict__", None)
    if isinstance(own, dict) and not isinstance(value, (type, ModuleType)):
        yield from list(own.items())
        yield from list(vars(type(value)).items())


def _items(held: object) -> Iterator[tuple[str, object]]:
    """What an attribute holds: itself, or the items of a list, a tuple or a dictionary."""
    if isinstance(held, (list, tuple)):
        yield from ((f"[{number}]", item) for number, item in enumerate(held))
    elif isinstance(held, dict):
        yield from ((f"[{key!r}]", item) for key, item in list(held.items()))
    else:
        yield "", held


# Lines --------------------------------------------------------------------------------------------------------------


def _made_in(code: CodeType, tensor: Tensor) -> bool:
    """Whether a tensor was born in this function: at this call, not when its module was made."""
    birth = birth_of(tensor)
    if birth is None or birth.place.file != code.co_filename:
        return False
    lines = [line for _, _, line in code.co_lines() if line is not None]
    return min(lines) <= birth.place.line <= max(lines)


def _assigned(module: Module, attribute: str) -> Place | None:
    """The line of a module's class that assigns to an attribute of this name."""
    for cls in type(module).__mro__:
        for function in vars(cls).values():
            if isinstance(function, FunctionType) and not cls.__module__.startswith("torch."):
                for step in dis.get_instructions(function):
                    line = step.positions.lineno if step.positions else None
                    if step.opname == "STORE_ATTR" and step.argval == attribute and line is not None:
                        return place_of(function.__code__.co_filename, line)
    return None


# Sameness -----------------------------------------------------------------------------------------------------------


def _same_memory(value: object, tensor: Tensor) -> bool:
    if not isinstance(value, Tensor) or is_ours(value) or is_lazy(value):
        return False
    if value is tensor:
        return True
    if value.layout is not torch.strided or tensor.layout is not torch.strided:
        return False
    pointer = tensor.untyped_storage().data_ptr()
    return pointer != 0 and value.untyped_storage().data_ptr() == pointer


def _same_birth(value: object, tensor: Tensor) -> bool:
    """Whether one was computed from the other, or both from a third; known only inside `Births`."""
    if not isinstance(value, Tensor) or is_ours(value):
        return False
    birth = birth_of(tensor)
    return birth is not None and birth_of(value) == birth
