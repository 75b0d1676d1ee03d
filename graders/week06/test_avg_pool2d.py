"""avg_pool2d: the mean of each window, and by what to divide at the edge."""

import pytest

from torchstone.judge import agree, exercise, points, vjp

#: Everything that would pool, or convolve, for the student.
FORBIDDEN = [
    *(f"torch.nn.functional.{kind}_pool{d}d" for kind in ("avg", "adaptive_avg") for d in (1, 2, 3)),
    "torch.avg_pool1d",
    "torch.adaptive_avg_pool1d",
    *(f"torch.nn.functional.lp_pool{d}d" for d in (1, 2)),
    *(f"{home}.conv{d}d" for home in ("torch", "torch.nn.functional") for d in (1, 2, 3)),
    *(f"{home}.conv_transpose{d}d" for home in ("torch", "torch.nn.functional") for d in (1, 2, 3)),
    "torch.nn.functional.unfold",
    "aten::avg_pool2d",
    "aten::convolution",
    "aten::im2col",
]

pytestmark = exercise("avg_pool2d", accelerator=1, forbidden=FORBIDDEN)
OPERANDS = 1.0  # entries and upstream gradients are of this size: a mean of them may come near 0 by chance


@points(1)
@pytest.mark.parametrize("shape, kernel_size", [((2, 3, 5, 7), (2, 3)), ((2, 2, 4, 4), 2), ((1, 3, 7, 5), (3, 1))])
def test_mean(student, draw, shape, kernel_size):
    """The mean of each window; without a stride, windows lie side by side"""
    agree(student.avg_pool2d(draw(*shape), kernel_size), scale=OPERANDS)


@points(1)
@pytest.mark.parametrize("kernel_size, stride", [(3, 1), ((2, 3), (1, 2)), ((1, 2), (3, 1)), (2, 3)])
def test_stride(student, draw, kernel_size, stride):
    """Overlapping windows, and gaps between windows; numbers and pairs"""
    agree(student.avg_pool2d(draw(2, 2, 6, 7), kernel_size, stride), scale=OPERANDS)


@points(1)
@pytest.mark.parametrize("kernel_size, stride, padding", [(3, 2, 1), ((2, 3), None, (1, 0)), ((2, 4), 1, (0, 2))])
def test_padding_counted(student, draw, kernel_size, stride, padding):
    """Padding that counts (the default): the divisor is the size of the window"""
    agree(student.avg_pool2d(1 + draw(2, 2, 5, 6), kernel_size, stride, padding), scale=OPERANDS)


@points(1)
@pytest.mark.parametrize("kernel_size, stride, padding", [(3, 2, 1), ((2, 3), None, (1, 0)), ((2, 4), 1, (0, 2))])
def test_padding_not_counted(student, draw, kernel_size, stride, padding):
    """Padding that does not count: the divisor is the number of pixels that are in the image"""
    x = 1 + draw(2, 2, 5, 6)
    agree(student.avg_pool2d(x, kernel_size, stride, padding, count_include_pad=False), scale=OPERANDS)


@points(2)
@pytest.mark.parametrize("counted", [True, False])
@pytest.mark.parametrize(
    "kernel_size, stride, padding", [(2, None, 0), ((3, 2), 2, 1), ((2, 3), (3, 2), (1, 0)), (2, 3, 1), (4, 3, 2)]
)
def test_ceil_mode(student, draw, kernel_size, stride, padding, counted):
    """ceil_mode: one more window where pixels are left over; what hangs over the end never counts"""
    x = 1 + draw(1, 2, 7, 5)
    options = {"ceil_mode": True, "count_include_pad": counted}
    agree(student.avg_pool2d(x, kernel_size, stride, padding, **options), scale=OPERANDS)


@points(1)
@pytest.mark.parametrize(
    "options, out",
    [({}, (2, 2)), ({"stride": 1}, (4, 3)), ({"padding": 1, "count_include_pad": False, "ceil_mode": True}, (3, 3))],
    ids=["plain", "overlap", "edge"],
)
def test_gradient(student, draw, options, out):
    """The gradient of x, from a random upstream gradient"""
    agree(vjp(student.avg_pool2d, draw(2, 2, 5, 4), 2, up=draw(2, 2, *out), **options), scale=OPERANDS)
