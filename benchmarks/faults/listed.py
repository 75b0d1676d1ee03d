"""Every fault on the list, the operations it can happen in, and the class that it must be given.

The class is the name of the hypothesis (`torchstone.compare.hypotheses`).
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import torch

from benchmarks.faults.changes import (
    alone,
    along_the_border,
    another_momentum,
    cut,
    each,
    first_call,
    flat_column,
    in_single,
    large_row,
    late_steps,
    layouts,
    loss_each,
    not_summed,
    onto_what_was_there,
    other_axis,
    over_calls,
    precisions,
    rolled,
    rows_permuted,
    scaled,
    special,
    standardized,
    standardized_blindly,
    told,
    turned_kernel,
    two_axes,
    with_zero,
)
from benchmarks.faults.operations import OPERATIONS, Operation, mapped
from torchstone.compare.hypotheses import Observation
from torchstone.model import Stage


@dataclass(frozen=True)
class Listed:
    """A fault on the list: its class, where it can happen, and what the judge sees of it."""

    named: str
    operations: tuple[str, ...]
    observe: Callable[[Operation, random.Random], list[Observation]]


VALUES: Final = tuple(OPERATIONS)
GRADIENTS: Final = ("linear", "mlp", "loss", "squares", "convolution", "accumulating")

L = Listed
LISTED: Final[tuple[Listed, ...]] = (
    L("negated", VALUES, scaled(lambda p: -1)),
    L("transposed", ("linear", "mlp", "square product", "softmax", "sigmoid", "attention"), each(two_axes)),
    L("transposed", ("square product",), each(two_axes, whole=True)),
    L("twice too large", VALUES, scaled(lambda p: 2)),
    L("half as large", VALUES, scaled(lambda p: 0.5)),
    L(
        "a sum for a mean over the batch",
        ("linear", "mlp", "loss", "squares", "column means"),
        scaled(lambda p: p.sizes.n),
    ),
    L(
        "a mean for a sum over the batch",
        ("linear", "mlp", "convolution", "accumulating"),
        scaled(lambda p: 1 / p.sizes.n),
    ),
    L(
        "a sum for a mean over another axis",
        ("linear", "squares", "layer norm"),
        scaled(lambda p: p.inputs[0].shape[-1]),
    ),
    L(
        "a mean for a sum over another axis",
        ("linear", "mlp", "attention"),
        scaled(lambda p: 1 / p.inputs[0].shape[-1]),
    ),
    L("a sum for a mean over all entries", ("squares", "softmax", "sigmoid"), scaled(lambda p: p.inputs[0].numel())),
    L("a mean for a sum over all entries", ("linear", "accumulating"), scaled(lambda p: 1 / p.inputs[0].numel())),
    L("not combined over the batch", ("linear", "mlp"), not_summed),
    L("not combined over the batch", ("loss",), loss_each),
    L("summed over the wrong axis", ("linear", "mlp"), other_axis),
    L("added once too often", ("accumulating",), onto_what_was_there(twice=True)),
    L("added once too often", ("calls",), over_calls(twice=True)),
    L("overwritten instead of added", ("accumulating",), onto_what_was_there(twice=False)),
    L("overwritten instead of added", ("shares",), over_calls(twice=False)),
    L("all zeros", VALUES, scaled(lambda p: 0)),
    L("detached", GRADIENTS, cut),
    L("off by a constant", VALUES, each(lambda x, p, r: x + 0.7 + r.random())),
    L(
        "in another order",
        ("linear", "mlp", "softmax", "sigmoid", "attention", "stacked", "row norms"),
        each(rows_permuted),
    ),
    L("turned round", ("correlation", "convolution"), turned_kernel),
    L("shifted by one step", ("stacked", "sigmoid", "softmax", "attention"), each(rolled)),
    L("shifted by one step", ("recurrence", "descent"), late_steps),
    L("right for a batch of one only", ("linear", "mlp", "loss", "convolution", "softmax", "column means"), alone),
    L(
        "right for contiguous inputs only",
        ("linear", "mlp", "softmax", "attention", "convolution", "layer norm"),
        layouts,
    ),
    L("right in float64 only", VALUES, precisions),
    L("right in float32 only", VALUES, in_single),
    L("right on the first step only", ("recurrence", "descent", "linear", "softmax", "loss"), first_call),
    L("right on the first step only", ("momentum",), another_momentum),
    L("wrong along the border", ("convolution",), along_the_border),
    L("an input is changed", VALUES, told(Stage.INPUTS)),
    L("another dtype", VALUES, told(Stage.DTYPE, lambda r: mapped(lambda x: x.double(), r))),
    L("another device", VALUES, told(Stage.DEVICE)),
    L(
        "overflow",
        ("softmax",),
        special("softmax", lambda x: x.softmax(1), lambda x: x.exp() / x.exp().sum(1, True), large_row),
    ),
    L(
        "overflow",
        ("softmax",),
        special("logsumexp", lambda x: x.logsumexp(1), lambda x: x.exp().sum(1).log(), large_row),
    ),
    L(
        "0 · log 0",
        ("softmax",),
        special("entropy", lambda p: -torch.xlogy(p, p).sum(1), lambda p: -(p * p.log()).sum(1), with_zero),
    ),
    L("0 · log 0", ("softmax",), special("surprise", lambda p: torch.xlogy(p, p), lambda p: p * p.log(), with_zero)),
    L("division by 0", ("softmax",), special("standardize", standardized, standardized_blindly, flat_column)),
    L(
        "division by 0",
        ("softmax",),
        special(
            "inverse",
            lambda p: 1 / p.clamp(min=1e-3),
            lambda p: 1 / p,
            lambda x, r: torch.where(with_zero(x, r) == 0, 0.0, x.abs() + 0.01),
        ),
    ),
)
