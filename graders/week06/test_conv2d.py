"""conv2d: a convolution, forward and backward by hand."""

import pytest

from torchstone.judge import agree, exercise, points, scenario

#: Everything that would convolve, or unfold, for the student.
FORBIDDEN = [
    *(f"{home}.conv{d}d" for home in ("torch", "torch.nn.functional") for d in (1, 2, 3)),
    *(f"{home}.conv_transpose{d}d" for home in ("torch", "torch.nn.functional") for d in (1, 2, 3)),
    "torch.nn.functional.unfold",
    "torch.nn.functional.fold",
    "torch.nn.grad.conv2d_input",
    "torch.nn.grad.conv2d_weight",
    "torch.convolution",
    "aten::convolution",
    "aten::convolution_backward",
    "aten::im2col",
    "aten::col2im",
]

pytestmark = exercise("conv2d", accelerator=2, forbidden=FORBIDDEN)
OPERANDS = 1.0  # inputs, kernels and upstream gradients are of this size: a sum of products may come near 0 by chance

#: n, c, o, (h, w), (kh, kw); an output is (h − kh + 1, w − kw + 1)
sizes = pytest.mark.parametrize(
    "n, c, o, image, kernel", [(2, 3, 5, (5, 7), (3, 2)), (2, 2, 2, (5, 5), (3, 3)), (1, 3, 2, (4, 3), (1, 3))]
)


@scenario
def forward(code, inputs, options):
    return code.conv2d_forward(*inputs, **options)[0]


@scenario
def backward(code, inputs, options, upstream, names):
    found = code.conv2d_backward(upstream, code.conv2d_forward(*inputs, **options)[1])
    return {name: found[name] for name in names}


@scenario
def both(code, inputs, options, upstream):
    y, cache = code.conv2d_forward(*inputs, **options)
    found = code.conv2d_backward(upstream, cache)
    return {"y": y, "gradient": {name: found[name] for name in ("x", "w", "b")}}


@scenario
def two_calls(code, first, second, upstream):
    """Forward on both, backward through both, and through the first once more."""
    caches = [code.conv2d_forward(*inputs)[1] for inputs in (first, second)]
    found = [code.conv2d_backward(up, caches[i]) for i, up in zip((0, 1, 0), upstream, strict=True)]
    return {"gradients": [[g[name] for name in ("x", "w", "b")] for g in found], "upstream": upstream, "x": first[0]}


def operands(draw, n, c, o, image, kernel, groups=1):
    return [draw(n, c, *image), draw(o, c // groups, *kernel, scale=0.5), draw(o)]


def plain(draw, n, c, o, image, kernel):
    """The inputs, and an upstream gradient, of a convolution without options."""
    inputs = operands(draw, n, c, o, image, kernel)
    return inputs, draw(n, o, *(size - k + 1 for size, k in zip(image, kernel, strict=True)))


@points(2)
@sizes
def test_forward(student, draw, n, c, o, image, kernel):
    """conv2d_forward: the value, for several sizes and for a batch of one"""
    agree(forward(student, operands(draw, n, c, o, image, kernel), {}), scale=OPERANDS)


@points(2)
@sizes
def test_input_gradient(student, draw, n, c, o, image, kernel):
    """conv2d_backward: the gradient of x, from a random upstream gradient"""
    inputs, upstream = plain(draw, n, c, o, image, kernel)
    agree(backward(student, inputs, {}, upstream, ["x"]), scale=OPERANDS)


@points(2)
@sizes
def test_parameter_gradients(student, draw, n, c, o, image, kernel):
    """conv2d_backward: the gradients of w and b, from a random upstream gradient"""
    inputs, upstream = plain(draw, n, c, o, image, kernel)
    agree(backward(student, inputs, {}, upstream, ["w", "b"]), scale=OPERANDS)


@points(2)
@pytest.mark.parametrize(
    "stride, padding, out",
    [(2, 0, (2, 2)), (1, 1, (6, 6)), ((2, 3), 1, (3, 2)), (2, (0, 2), (2, 4)), ((3, 1), (2, 1), (3, 6))],
)
def test_stride_and_padding(student, draw, stride, padding, out):
    """Stride and padding, as numbers and as pairs: value and gradients"""
    inputs = operands(draw, 2, 2, 3, (5, 6), (2, 3))
    agree(both(student, inputs, {"stride": stride, "padding": padding}, draw(2, 3, *out)), scale=OPERANDS)


@points(1)
@pytest.mark.parametrize("dilation, padding, out", [(2, 0, (5, 2)), ((1, 3), 1, (8, 2)), ((3, 2), (1, 2), (6, 6))])
def test_dilation(student, draw, dilation, padding, out):
    """Dilation, as a number and as a pair: value and gradients"""
    inputs = operands(draw, 1, 2, 3, (7, 6), (2, 3))
    agree(both(student, inputs, {"dilation": dilation, "padding": padding}, draw(1, 3, *out)), scale=OPERANDS)


@points(2)
@pytest.mark.parametrize("c, o, groups", [(4, 6, 2), (6, 3, 3)])
def test_groups(student, draw, c, o, groups):
    """Groups: value and gradients"""
    inputs = operands(draw, 2, c, o, (4, 5), (2, 3), groups)
    agree(both(student, inputs, {"groups": groups}, draw(2, o, 3, 3)), scale=OPERANDS)


@points(1)
@pytest.mark.parametrize("multiplier", [1, 2])
def test_depthwise(student, draw, multiplier):
    """Depthwise, as many groups as channels, with stride and padding: value and gradients"""
    inputs = operands(draw, 1, 3, 3 * multiplier, (5, 4), (3, 3), 3)
    options = {"groups": 3, "stride": 2, "padding": 1}
    agree(both(student, inputs, options, draw(1, 3 * multiplier, 3, 2)), scale=OPERANDS)


@points(1)
def test_two_calls(student, draw):
    """Two forward passes, then the backward passes: none disturbs another, and nothing that was given is changed"""
    first, second = (operands(draw, 2, 3, 2, (4, 5), (2, 3)) for _ in range(2))
    agree(two_calls(student, first, second, [draw(2, 2, 3, 3) for _ in range(3)]), scale=OPERANDS)
