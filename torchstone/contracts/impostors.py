"""Answers that look like answers: a check that one of them passes is a check that proves nothing.

An impostor stands where a student's program would, in this process, over the reference. It changes what comes back: all
that crosses the boundary at once ("what crosses"), or what each function and class gives ("what functions give"), so
that a scenario which turns values into verdicts is not taken in either.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor, nn

from torchstone import wire
from torchstone.compare import Fault, same
from torchstone.errors import NotData
from torchstone.judge.draw import Draw
from torchstone.judge.implementations import Code, Local
from torchstone.judge.scenarios import Scenario
from torchstone.wire import Record

#: From the inputs and the right answer, another answer.
Answer = Callable[[Sequence[Any], Any], Any]


def over(value: Any, change: Callable[[Any], Any]) -> Any:
    """The same structure with other leaves: tensors, numbers, texts."""
    if isinstance(value, Record):
        return Record(value.kind, {k: over(v, change) for k, v in value.fields.items()})
    if isinstance(value, dict):
        return {k: over(v, change) for k, v in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(over(v, change) for v in value))
    if isinstance(value, list | tuple):
        return type(value)(over(v, change) for v in value)
    return change(value)


def _zero(leaf: Any) -> Any:
    if isinstance(leaf, Tensor):
        return leaf * 0 if leaf.isfinite().all() else torch.zeros_like(leaf)
    return type(leaf)() if isinstance(leaf, bool | int | float | str) else leaf


def _not_a_number(leaf: Any) -> Any:
    if isinstance(leaf, Tensor) and leaf.is_floating_point():
        return leaf * float("nan")
    return float("nan") if isinstance(leaf, float) else leaf


def _cut(value: Any) -> Any:
    if isinstance(value, list | tuple | dict) and not hasattr(value, "_fields"):
        return type(value)()
    return over(value, lambda leaf: leaf.reshape(-1)[:0] if isinstance(leaf, Tensor) else leaf)


def perturbed(value: Any, by: float) -> Any:
    """Every number moved, each by another amount, and every truth turned round."""
    number = itertools.count(1)

    def move(leaf: Any) -> Any:
        factor = by * next(number)
        if isinstance(leaf, Tensor):
            if not leaf.is_floating_point():
                return ~leaf if leaf.dtype is torch.bool else leaf + 1
            greatest = leaf.abs().nan_to_num(0, 0, 0).amax() if leaf.numel() else 0
            return leaf * (1 + factor) + factor * (greatest or 1)
        if isinstance(leaf, bool):
            return not leaf
        if isinstance(leaf, float):
            return leaf * (1 + factor) + factor
        if isinstance(leaf, int):
            return leaf + 1
        return f"{leaf}?" if isinstance(leaf, str) else leaf

    return over(value, move)


def _echo(inputs: Sequence[Any], right: Any) -> Any:
    return next((x for x in inputs if isinstance(x, Tensor)), inputs[0] if inputs else None)


#: What an impostor says, by its name.
ANSWERS: Final[Mapping[str, Answer]] = {
    "None": lambda inputs, right: None,
    "its first input": _echo,
    "zeros": lambda inputs, right: over(right, _zero),
    "nothing, in the right form": lambda inputs, right: _cut(right),
    "NaN": lambda inputs, right: over(right, _not_a_number),
    "always True": lambda inputs, right: True,
}


class WatchedDraw(Draw):
    """A draw that notes whether a generator was drawn: the right answer is then a sample, and another sample is too."""

    sampled = False

    def generator(self) -> torch.Generator:
        self.sampled = True
        return super().generator()


class Impostor(Code):
    """Gives wrong answers; `differs` says whether any of them was another than the right one."""

    def __init__(self, right: Mapping[str, Any], wrong: Mapping[str, Any] | None = None) -> None:
        self._right = Local(right)
        self._wrong = self._right if wrong is None else Local(wrong)
        self.differs = False

    def _change(self, inputs: Sequence[Any], value: Any) -> Any:
        return value

    def _call(self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        return self._answer(args, lambda code: code._call(name, args, kwargs))

    def _run(self, scenario: Scenario, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        return self._answer(args, lambda code: code._run(scenario, args, kwargs))

    def _answer(self, inputs: tuple[Any, ...], ask: Callable[[Code], Any]) -> Any:
        right = ask(self._right)
        try:
            given = right if self._wrong is self._right else ask(self._wrong)
            taken: Any = wire.copy_in(inputs)
            wrong = self._change(taken, given)
        except (Fault, NotData):
            self.differs = True
            raise
        self.differs = self.differs or not alike(wrong, right)
        return wrong


class Changing(Impostor):
    """Changes what crosses the boundary."""

    def __init__(self, right: Mapping[str, Any], answer: Answer) -> None:
        super().__init__(right)
        self._say = answer

    def _change(self, inputs: Sequence[Any], value: Any) -> Any:
        return self._say(inputs, value)


class Recorder(Impostor):
    """Right, and keeps what it took and gave."""

    def __init__(self, right: Mapping[str, Any]) -> None:
        super().__init__(right)
        self.taken: list[Any] = []
        self.given: list[Any] = []

    def _change(self, inputs: Sequence[Any], value: Any) -> Any:
        self.taken.append(list(inputs))
        self.given.append(value)
        return value


def moving(by: float) -> Answer:
    """The right answer, perturbed."""
    return lambda inputs, right: perturbed(right, by)


def replaying(given: Sequence[Any]) -> Answer:
    """Gives these one after the other, then the last again and again, whatever it is asked."""
    once_more = itertools.chain(given, itertools.repeat(given[-1] if given else None))
    return lambda inputs, right: next(once_more)


def first_again() -> Answer:
    """Whatever was right first, again and again."""
    given: list[Any] = []

    def answer(inputs: Sequence[Any], right: Any) -> Any:
        if not given:
            given.append(right)
        return given[0]

    return answer


# ---- what functions give --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Disguised(Mapping[str, Any]):
    """The reference's names, each giving another answer when it is called, on copies of its inputs."""

    names: Mapping[str, Any]
    answer: Answer
    on_copies: bool = True

    def __getitem__(self, name: str) -> Any:
        return self._disguise(self.names[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)

    def _disguise(self, value: Any) -> Any:
        if isinstance(value, type):
            return self._class(value)
        if callable(value):
            return self._function(value)
        return _Proxy(value, self._disguise) if hasattr(value, "apply") else value

    def _function(self, right: Callable[..., Any], skip: int = 0) -> Callable[..., Any]:
        def answer(*args: Any, **kwargs: Any) -> Any:
            inputs = args[skip:]
            taken = copied(inputs) if self.on_copies else inputs
            return self.answer(inputs, right(*args[:skip], *taken, **kwargs))

        return answer

    def _class(self, right: type) -> type:
        methods: dict[str, Any] = {}
        for name in _methods(right):
            found = right.__dict__.get(name) or getattr(right, name)
            static = isinstance(found, staticmethod)
            made = self._function(getattr(right, name), 0 if static else 1)
            methods[name] = staticmethod(made) if static else made
        return type(right.__name__, (right,), methods)


class _Proxy:
    """An object whose functions are in disguise."""

    def __init__(self, owner: Any, disguise: Callable[[Any], Any]) -> None:
        self._owner, self._disguise = owner, disguise

    def __getattr__(self, name: str) -> Any:
        return self._disguise(getattr(self._owner, name))


def _methods(right: type) -> list[str]:
    """The methods by which a class answers."""
    if issubclass(right, torch.autograd.Function):
        return ["forward"]
    if issubclass(right, torch.optim.Optimizer):
        return ["step"]
    own = [n for n, v in vars(right).items() if callable(v) or isinstance(v, staticmethod)]
    dunder = [n for n in own if n in ("__call__", "__getitem__", "__iter__", "__len__", "__next__")]
    public = [n for n in own if not n.startswith("_")]
    if issubclass(right, nn.Module):
        return ["forward"]
    return public + dunder


def copied(inputs: Sequence[Any]) -> list[Any]:
    """Inputs that may be changed without anyone noticing; the graph through them is kept."""

    def copy_of(leaf: Any) -> Any:
        if isinstance(leaf, Tensor):
            twin = leaf.clone() if not leaf.is_leaf or leaf.requires_grad else leaf.detach().clone()
            if leaf.is_leaf and leaf.grad is not None:
                twin = leaf.detach().clone().requires_grad_(leaf.requires_grad)
                twin.grad = leaf.grad.clone()
            return twin
        if isinstance(leaf, torch.Generator):
            return leaf.clone_state()
        return leaf

    return [over(x, copy_of) for x in inputs]


# ---- of values ------------------------------------------------------------------------------------------------------


def has_floats(value: Any) -> bool:
    """Is there a tensor of floating-point numbers in it?"""
    found: list[bool] = []
    over(value, lambda leaf: found.append(isinstance(leaf, Tensor) and leaf.is_floating_point()))
    return any(found)


def alike(one: Any, other: Any) -> bool:
    """The same data. What cannot be compared is the same only if it is one thing."""
    try:
        return same(one, other)
    except TypeError:
        return one is other
