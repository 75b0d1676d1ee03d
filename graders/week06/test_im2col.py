"""im2col: what a sliding window sees as the columns of a matrix, and the transpose of that."""

import math

import pytest

from torchstone.judge import agree, exercise, points, scenario, vjp

#: Everything that would unfold, or convolve, for the student. `Tensor.unfold` is another thing, and allowed.
FORBIDDEN = [
    "torch.nn.functional.unfold",
    "torch.nn.functional.fold",
    *(f"{home}.conv{d}d" for home in ("torch", "torch.nn.functional") for d in (1, 2, 3)),
    *(f"{home}.conv_transpose{d}d" for home in ("torch", "torch.nn.functional") for d in (1, 2, 3)),
    "torch.convolution",
    "aten::im2col",
    "aten::col2im",
    "aten::convolution",
]

pytestmark = exercise("im2col", accelerator=1, forbidden=FORBIDDEN)
OPERANDS = 1.0  # entries and upstream gradients are of this size: a sum of them may come near 0 by chance

#: n, c, (h, w), window
sizes = pytest.mark.parametrize(
    "n, c, image, kernel_size", [(2, 3, (5, 7), (3, 2)), (2, 4, (4, 4), (2, 2)), (1, 2, (5, 5), 3), (1, 3, (2, 4), 1)]
)
settings = pytest.mark.parametrize(
    "options",
    [
        {"stride": 2},
        {"stride": (1, 2), "padding": (2, 0)},
        {"padding": 1, "dilation": (1, 2)},
        {"dilation": (2, 1)},
        {"stride": (3, 2), "padding": (1, 2), "dilation": 2},
    ],
    ids=["stride", "stride, padding", "padding, dilation", "dilation", "all"],
)


def pair(value):
    return value if isinstance(value, tuple) else (value, value)


def positions(image, kernel_size, stride=1, padding=0, dilation=1):
    """How many windows there are."""
    along = zip(image, *map(pair, (kernel_size, stride, padding, dilation)), strict=True)
    return math.prod((size + 2 * p - d * (k - 1) - 1) // s + 1 for size, k, s, p, d in along)


@scenario
def columns_of(code, x, kernel_size, options):
    return code.im2col(x, kernel_size, **options)


@scenario
def image_of(code, columns, size, kernel_size, options):
    return code.col2im(columns, size, kernel_size, **options)


@points(2)
@sizes
def test_im2col(student, draw, n, c, image, kernel_size):
    """im2col: channels first, then the rows of the window, then its columns; positions row by row"""
    agree(student.im2col(draw(n, c, *image), kernel_size))


@points(1)
@settings
def test_im2col_options(student, draw, options):
    """im2col with stride, padding and dilation, as numbers and as pairs"""
    agree(student.im2col(draw(2, 3, 7, 6), (2, 3), **options))


@points(2)
@sizes
def test_col2im(student, draw, n, c, image, kernel_size):
    """col2im: where windows overlap, their entries add up"""
    rows = c * math.prod(pair(kernel_size))
    agree(student.col2im(draw(n, rows, positions(image, kernel_size)), image, kernel_size), scale=OPERANDS)


@points(2)
@settings
def test_col2im_options(student, draw, options):
    """col2im with stride, padding and dilation: what came from the padding is dropped"""
    columns = draw(2, 3 * 6, positions((7, 6), (2, 3), **options))
    agree(student.col2im(columns, (7, 6), (2, 3), **options), scale=OPERANDS)


@points(2)
@pytest.mark.parametrize("options", [{}, {"stride": (2, 1), "padding": 1}], ids=["plain", "stride, padding"])
def test_gradients(student, draw, options):
    """Gradients pass through both: that of each is the other"""
    number = positions((4, 5), (3, 2), **options)
    agree(vjp(student.im2col, draw(1, 2, 4, 5), (3, 2), up=draw(1, 12, number), **options), scale=OPERANDS)
    agree(vjp(student.col2im, draw(1, 12, number), (4, 5), (3, 2), up=draw(1, 2, 4, 5), **options), scale=OPERANDS)
