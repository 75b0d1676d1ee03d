"""The reference, right only for an upstream gradient whose entries are all equal, as that of `.sum()` is.

A check that it passes asks with no random cotangent, and lets most wrong backward passes through.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import torch
from torch import Tensor

from torchstone.contracts.impostors import Disguised, over

_UPSTREAM: Final = re.compile(r"d_\w+|d[A-Z]\w*|up|upstream\w*|grad\w*|cotangent\w*|delta")


class _Averaged(torch.autograd.Function):
    """Lets values through, and on the way back the mean of what comes, in every entry."""

    @staticmethod
    def forward(ctx: Any, y: Tensor, flow: list[int]) -> Tensor:
        ctx.flow = flow
        return y.view_as(y)

    @staticmethod
    def backward(ctx: Any, *upstream: Any) -> Any:
        (up,) = upstream
        ctx.flow.append(up.numel())
        return up.mean().expand_as(up), None


def averaging(names: Mapping[str, Any], flow: list[int]) -> Disguised:
    """The reference, right only for an upstream gradient whose entries are all equal. `flow` notes the sizes of those
    that came.
    """

    def averaged(leaf: Any) -> Any:
        passes = isinstance(leaf, Tensor) and leaf.requires_grad and leaf.is_floating_point()
        return _Averaged.apply(leaf, flow) if passes else leaf  # type: ignore[no-untyped-call]

    return Disguised(names, lambda inputs, right: over(right, averaged), on_copies=False)


class AveragedInputs(Mapping[str, Any]):
    """The reference, which sees only the mean of each upstream gradient that a function takes by name (`d_logits`)."""

    def __init__(self, names: Mapping[str, Any], flow: list[int]) -> None:
        self._names, self._flow = names, flow

    def __getitem__(self, name: str) -> Any:
        value = self._names[name]
        return self._wrapped(value) if _takes_upstream(value) else value

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def _wrapped(self, right: Callable[..., Any]) -> Callable[..., Any]:
        places = _takes_upstream(right)

        def function(*args: Any, **kwargs: Any) -> Any:
            args = tuple(self._mean(a) if i in places else a for i, a in enumerate(args))
            return right(*args, **{k: self._mean(v) if _UPSTREAM.fullmatch(k) else v for k, v in kwargs.items()})

        return function

    def _mean(self, value: Any) -> Any:
        if not isinstance(value, Tensor) or not value.is_floating_point():
            return value
        self._flow.append(value.numel())
        return value.mean().expand_as(value).clone()


def _takes_upstream(function: Any) -> list[int]:
    code = getattr(function, "__code__", None)
    if code is None:
        return []
    return [i for i, name in enumerate(code.co_varnames[: code.co_argcount]) if _UPSTREAM.fullmatch(name)]
