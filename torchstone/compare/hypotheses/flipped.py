"""A kernel is turned round: convolution for cross-correlation. Told by its gradient, or by what it gives."""

from collections.abc import Iterator

from torch import Tensor
from torch.nn import functional

from torchstone.compare.hypotheses._hypothesis import Fit, Hypothesis, every_part
from torchstone.compare.hypotheses._observation import Observation, Part
from torchstone.compare.tolerance import greatest

_STRIDES = (1, 2)


def _fit(part: Part, o: Observation) -> Fit:
    got, want = part.got, part.want
    if got is None or got.shape != want.shape or not want.dim():
        return Fit.NO
    axes = [(-1,), *([(-2, -1), (-2,)] if want.dim() > 1 else [])]
    turned = [a for a in axes if part.is_like(want.flip(a))]
    if turned:
        return Fit.STRONG if any(want.shape[a] > 2 for axes_ in turned for a in axes_) else Fit.WEAK
    change = got - want
    close = part.limit * max(greatest(got), greatest(want))
    return Fit.STRONG if any(greatest(c - change) <= 2 * close for c in _changes(o, change)) else Fit.NO


def _changes(o: Observation, like: Tensor) -> Iterator[Tensor]:
    """What turning a kernel round changes in a correlation, or in the gradient of its input, if it has this shape."""
    for kernel in o.tensors:
        spatial = 2 if kernel.dim() in (2, 4) else 1
        if kernel.dim() not in (1, 2, 3, 4) or kernel.numel() > 10_000:
            continue
        difference = kernel.flip(tuple(range(-spatial, 0))) - kernel
        for x in o.tensors:
            if x is not kernel and x.numel() <= 100_000:
                yield from _correlations(x, difference, spatial, like)


def _correlations(x: Tensor, kernel: Tensor, spatial: int, like: Tensor) -> Iterator[Tensor]:
    if kernel.dim() == spatial:
        kernel = kernel[None, None]
    lead = 2 + spatial - x.dim()
    if lead < 0 or lead > 2:
        return
    x = x[(None,) * lead]
    forward = functional.conv2d if spatial == 2 else functional.conv1d
    backward = functional.conv_transpose2d if spatial == 2 else functional.conv_transpose1d
    for apply, channels in ((forward, kernel.shape[1]), (backward, kernel.shape[0])):
        if x.shape[1] != channels:
            continue
        for stride in _STRIDES:
            for padding in range(max(kernel.shape[2:])):
                if any(n + 2 * padding < k for n, k in zip(x.shape[2:], kernel.shape[2:], strict=True)):
                    continue
                try:
                    found = apply(x, kernel, stride=stride, padding=padding)
                except RuntimeError:  # a padding that leaves nothing
                    continue
                if found.numel() == like.numel() and found.shape[2:] == like.shape[like.dim() - spatial :]:
                    yield found.reshape(like.shape)


HYPOTHESIS = Hypothesis(
    "turned round",
    "Something is turned round: does the kernel (or the sequence) begin at the end from which you read it?",
    every_part(_fit),
)
