"""max_pool2d: the largest entry of each window, and the way back to it."""

import pytest

from torchstone.judge import agree, exercise, points, scenario

#: Everything that would pool for the student, and the window over windows.
FORBIDDEN = [
    *(f"{home}.max_pool{d}d" for home in ("torch", "torch.nn.functional") for d in (1, 2, 3)),
    *(f"torch.nn.functional.max_pool{d}d_with_indices" for d in (1, 2, 3)),
    *(f"torch.nn.functional.adaptive_max_pool{d}d" for d in (1, 2, 3)),
    "torch.nn.functional.unfold",
    "aten::max_pool2d_with_indices",
    "aten::max_pool2d_with_indices_backward",
]

pytestmark = exercise("max_pool2d", accelerator=1, forbidden=FORBIDDEN)
OPERANDS = 1.0  # upstream gradients are of this size: a sum of them may come near 0 by chance

#: the shape of x, the window, and the shape of y
sizes = pytest.mark.parametrize(
    "shape, kernel_size, out",
    [((2, 3, 5, 7), (2, 3), (2, 2)), ((2, 2, 4, 4), 2, (2, 2)), ((1, 3, 7, 5), (3, 2), (2, 2))],
)


@scenario
def forward(code, x, kernel_size, options):
    return code.max_pool2d_forward(x, kernel_size, **options)[0]


@scenario
def backward(code, x, kernel_size, options, upstream):
    return code.max_pool2d_backward(upstream, code.max_pool2d_forward(x, kernel_size, **options)[1])


@scenario
def both(code, x, kernel_size, options, upstream):
    y, cache = code.max_pool2d_forward(x, kernel_size, **options)
    return {"y": y, "gradient": code.max_pool2d_backward(upstream, cache)}


@scenario
def two_calls(code, inputs, upstream):
    """Forward on both, backward through both, and through the first once more; and what was given, afterwards."""
    caches = [code.max_pool2d_forward(x, 2, stride=1)[1] for x in inputs]
    gradients = [code.max_pool2d_backward(up, caches[i]) for i, up in zip((0, 1, 0), upstream, strict=True)]
    return {"gradients": gradients, "x, afterwards": inputs, "upstream, afterwards": upstream}


@points(2)
@sizes
def test_forward(student, draw, shape, kernel_size, out):
    """max_pool2d_forward: the value; without a stride, windows lie side by side"""
    agree(forward(student, draw.distinct(*shape), kernel_size, {}))


@points(2)
@sizes
def test_backward(student, draw, shape, kernel_size, out):
    """max_pool2d_backward: each upstream gradient goes to the winner of its window"""
    agree(backward(student, draw.distinct(*shape), kernel_size, {}, draw(*shape[:2], *out)), scale=OPERANDS)


@points(2)
@pytest.mark.parametrize(
    "kernel_size, stride, padding, out",
    [(3, 1, 0, (4, 5)), ((2, 3), (3, 1), 0, (2, 5)), (3, 2, 1, (3, 4)), ((3, 2), (1, 2), (1, 0), (6, 3))],
)
def test_stride_and_padding(student, draw, kernel_size, stride, padding, out):
    """Overlapping windows, gaps between windows, padding; numbers and pairs: value and gradient"""
    options = {"stride": stride, "padding": padding}
    x = draw.distinct(2, 2, 6, 7)
    x[0] -= 20  # all negative: there padding of 0 would win
    agree(both(student, x, kernel_size, options, draw(2, 2, *out)), scale=OPERANDS)


@points(1)
@pytest.mark.parametrize("stride, out", [(None, (2, 2)), (1, (6, 5))])
def test_negative(student, draw, stride, out):
    """Beside padding, where every number is negative: the padding never wins"""
    x = draw.distinct(2, 2, 5, 4) - 20
    agree(both(student, x, 2 if stride else 3, {"stride": stride, "padding": 1}, draw(2, 2, *out)), scale=OPERANDS)


@points(1)
@pytest.mark.parametrize("values", [1, 3])
def test_ties(student, draw, values):
    """Of equal entries the first in the window, row by row, receives the gradient"""
    x = draw.integers(2, 2, 6, 5, high=values).to(draw(1))
    agree(both(student, x, 3, {"stride": 2, "padding": 1}, draw(2, 2, 3, 3)), scale=OPERANDS)


@points(1)
def test_two_calls(student, draw):
    """Two forward passes, then the backward passes: none disturbs another, and nothing that was given is changed"""
    inputs = [draw.distinct(1, 2, 4, 5) for _ in range(2)]
    agree(two_calls(student, inputs, [draw(1, 2, 3, 4) for _ in range(3)]), scale=OPERANDS)
