"""What a case is: a small program that runs on a given device and returns tensors to compare with the CPU's."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

Program = Callable[[str], list[Tensor]]
#: A shape, for a standard normal draw; or a function that makes the tensor.
Input = tuple[int, ...] | Callable[[], Tensor]

CASES: dict[str, Program] = {}
FAMILIES: dict[str, list[str]] = {}


@dataclass(frozen=True)
class Family:
    """Cases of one kind; the docs' table has a row for each family."""

    title: str

    def add(self, name: str, program: Program) -> None:
        assert name not in CASES, name
        CASES[name] = program
        FAMILIES.setdefault(self.title, []).append(name)

    def program(self, function: Program) -> Program:
        """A case written out in full."""
        self.add(function.__name__, function)
        return function

    def module(
        self, name: str, make: Callable[[], nn.Module], *inputs: Input, train: bool = True, **kwargs: Any
    ) -> None:
        """Outputs, gradients of parameters and inputs, and buffers of a module after one forward and backward pass."""

        def program(device: str) -> list[Tensor]:
            torch.manual_seed(0)
            module = make().to(device).train(train)
            given = [_made(spec).to(device) for spec in inputs]
            for x in given:
                x.requires_grad_(x.is_floating_point())
            torch.manual_seed(1)
            results = module(*given, **kwargs)
            return [*with_gradients(results, [*module.parameters(), *given]), *module.buffers()]

        self.add(name, program)

    def function(self, name: str, function: Callable[..., Any], *inputs: Input) -> None:
        """Outputs of a function, and the gradients of its inputs."""

        def program(device: str) -> list[Tensor]:
            torch.manual_seed(0)
            given = [_made(spec).to(device) for spec in inputs]
            for x in given:
                x.requires_grad_(x.is_floating_point())
            torch.manual_seed(1)
            return with_gradients(function(*given), given)

        self.add(name, program)


def _made(spec: Input) -> Tensor:
    return spec() if callable(spec) else torch.randn(*spec)


def with_gradients(results: Any, leaves: list[Tensor]) -> list[Tensor]:
    """The results, and what a backward pass from a fixed upstream gradient leaves in the leaves."""
    values = list(tensors_in(results))
    differentiable = [y for y in values if y.is_floating_point() and y.requires_grad]
    if differentiable:
        sum((y * _upstream(y)).sum() for y in differentiable).backward()
    return [y.detach() for y in values] + [leaf.grad for leaf in leaves if leaf.grad is not None]


def _upstream(y: Tensor) -> Tensor:
    return torch.arange(y.numel(), device=y.device, dtype=y.dtype).reshape(y.shape).cos()


def tensors_in(value: Any) -> itertools.chain[Tensor] | list[Tensor]:
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, nn.utils.rnn.PackedSequence):
        return [value.data]
    if isinstance(value, (list, tuple)):
        return itertools.chain.from_iterable(tensors_in(item) for item in value)
    return []


def integers(*shape: int, high: int = 5) -> Callable[[], Tensor]:
    return lambda: torch.randint(0, high, shape)


def uniform(*shape: int) -> Callable[[], Tensor]:
    return lambda: torch.rand(*shape)


def booleans(*shape: int) -> Callable[[], Tensor]:
    return lambda: torch.rand(*shape) > 0.5


def signs(*shape: int) -> Callable[[], Tensor]:
    return lambda: torch.randint(0, 2, shape) * 2 - 1
