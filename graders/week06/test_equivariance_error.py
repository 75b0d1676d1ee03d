"""equivariance_error: how far a function is from turning a transformation of its input into one of its output."""

import pytest
import torch.nn.functional as F

from torchstone.judge import agree, exercise, points, scenario

pytestmark = exercise("equivariance_error", accelerator=1)
OPERANDS = 1.0  # an error is relative: where it is 0, what is left is rounding of this


@scenario
def of_convolution(code, x, w, shift, border, mode, stride=1, back=None):
    """A convolution with this padding; T shifts by `shift`, S by `back` (by default, S is not given)."""

    def f(x):
        return F.conv2d(F.pad(x, (1, 1, 1, 1), mode=mode), w, stride=stride)

    if back is None:
        return code.equivariance_error(f, x, lambda x: x.roll(shift, (-2, -1)), border=border)
    return code.equivariance_error(
        f, x, lambda x: x.roll(shift, (-2, -1)), lambda y: y.roll(back, (-2, -1)), border=border
    )


@scenario
def of_mean(code, x, w, shift):
    """The mean over all pixels, weighted by place, and plain: [n, c]. S does nothing."""
    return [
        code.equivariance_error(weighted, x, lambda x: x.roll(shift, (-2, -1)), lambda y: y)
        for weighted in (lambda x: (x * w).mean((-2, -1)), lambda x: x.mean((-2, -1)))
    ]


@scenario
def of_other_shapes(code, x, w, shift):
    """f gives one number an image, and images without channels, of which a border is left out."""

    def turn(x):
        return x.roll(shift, (-2, -1))

    return [
        code.equivariance_error(lambda x: (x * w).sum((1, 2, 3)), x, turn, lambda y: y),
        code.equivariance_error(lambda x: (x * w).sum(1), x, turn, border=1),
    ]


@scenario
def of_flip(code, x, w):
    """A convolution under mirroring, and under a change of sign of everything."""
    return [
        code.equivariance_error(lambda x: F.conv2d(x, w), x, lambda x: x.flip(-1)),
        code.equivariance_error(lambda x: F.conv2d(x, w), x, lambda x: -x),
        code.equivariance_error(lambda x: F.conv2d(x, w).relu(), x, lambda x: -x, S=lambda y: y),
    ]


@scenario
def of_nothing(code, x):
    """Where S(f(x)) is 0: on both ways, and on one."""
    return [
        code.equivariance_error(lambda x: x * 0, x, lambda x: x.roll(1, -1)),
        code.equivariance_error(lambda x: x * 0, x, lambda x: x.roll(1, -1), lambda y: y + 1),
        code.equivariance_error(lambda x: x * x[..., :1, :1], x * (x != x[..., :1, :1]), lambda x: x.flip(-1)),
    ]


@scenario
def inputs_afterwards(code, x):
    """T works in place on what it is given: on a copy of ours, so that x stays."""
    error = code.equivariance_error(lambda x: x * x, x, lambda x: x.clone().mul_(2))
    return {"error": error, "is a number": isinstance(error, float), "x": x}


@points(2)
@pytest.mark.parametrize("n, c, o, h, w", [(2, 3, 2, 7, 6), (1, 2, 5, 8, 8)])
@pytest.mark.parametrize("shift", [(1, 2), (-2, 0)])
def test_borders(student, draw, n, c, o, h, w, shift):
    """Around the edge a convolution is equivariant; with zeros there it is so inside alone: `border`"""
    x, kernel = draw(n, c, h, w), draw(o, c, 3, 3)
    for border, mode in ((0, "circular"), (0, "constant"), (1, "constant"), (3, "constant"), (2, "replicate")):
        agree(of_convolution(student, x, kernel, shift, border, mode), scale=OPERANDS)


@points(2)
@pytest.mark.parametrize("shift, back", [((2, 0), (1, 0)), ((0, -4), (0, -2)), ((1, 1), (1, 1)), ((2, 2), (0, 1))])
def test_stride(student, draw, shift, back):
    """With stride 2, T on the input and S on the output are different shifts"""
    x, kernel = draw(2, 3, 8, 10), draw(2, 3, 3, 3)
    agree(of_convolution(student, x, kernel, shift, 0, "circular", 2, back), scale=OPERANDS)
    agree(of_convolution(student, x, kernel, shift, 1, "constant", 2, back), scale=OPERANDS)


@points(2)
@pytest.mark.parametrize("n, c, h, w", [(2, 3, 5, 7), (1, 2, 4, 4)])
def test_invariance(student, draw, n, c, h, w):
    """Invariance: S does nothing. And other transformations: mirroring, a change of sign; f may give any shape"""
    x = draw(n, c, h, w)
    agree(of_mean(student, x, 1 + draw(h, w), (1, 2)), scale=OPERANDS)
    agree(of_flip(student, x, draw(2, c, 2, 3)), scale=OPERANDS)
    agree(of_other_shapes(student, x, 1 + draw(h, w), (1, 2)), scale=OPERANDS)


@points(1)
def test_nothing(student, draw):
    """Where S(f(x)) is 0 the error is 0 or infinite"""
    agree(of_nothing(student, draw.distinct(2, 2, 3, 5)))


@points(1)
def test_inputs(student, draw):
    """The result is a Python float, relative, and x is as it was"""
    agree(inputs_afterwards(student, 3 + draw(2, 2, 3, 5)), scale=OPERANDS)
    agree(inputs_afterwards(student, 1e-3 * draw(2, 2, 3, 5)))
