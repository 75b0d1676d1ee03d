"""receptive_field: how large what comes out of a stack of layers is, and how much of the input it sees."""

import pytest

from torchstone.judge import agree, exercise, points, scenario

pytestmark = exercise("receptive_field", worlds=["float32"])

LENET = [(5, 1, 2, 1), (2, 2, 0, 1), (5, 1, 0, 1), (2, 2, 0, 1)]
MIXED = [(3, 2, 1, 1), (3, 1, 1, 1), (2, 3, 0, 1), (1, 2, 0, 1)]
EVEN = [(4, 1, 0, 1), (2, 2, 1, 1), (4, 2, 2, 1)]
DILATED = [(3, 1, 1, 1), (3, 1, 2, 2), (3, 2, 4, 4), (2, 1, 0, 3)]
SPARSE = [(2, 1, 0, 5), (3, 3, 2, 2), (2, 2, 1, 3)]
PADDED = [(1, 1, 3, 1), (3, 2, 2, 1), (3, 2, 3, 1)]


@scenario
def outcome(code, size, layers):
    """The size, or the name of the exception."""
    try:
        return code.out_shape(size, layers)
    except (ValueError, TypeError, RuntimeError, ZeroDivisionError, IndexError, AssertionError) as e:
        return type(e).__name__


def layers(draw, number, dilation=3):
    """Any layers: kernels of 1 to 4, strides of 1 to 3, padding up to 2, dilation of 1 to this.

    Not more than 3 of them: the reference looks for the pixels that matter among 600.
    """
    ranges = (1, 5), (1, 4), (0, 3), (1, dilation + 1)
    columns = [draw.integers(number, low=low, high=high).tolist() for low, high in ranges]
    return list(zip(*columns, strict=True))


@points(2)
@pytest.mark.parametrize("size", [(28, 28), (37, 29), (64, 41)])
def test_out_shape(student, draw, size):
    """out_shape: layer by layer, rounded down each time"""
    for stack in (LENET, MIXED, EVEN, PADDED, layers(draw, 2, dilation=1)):
        agree(student.out_shape(size, stack))
    agree(student.out_shape(size, []))


@points(1)
@pytest.mark.parametrize("size", [(61, 53), (47, 60)])
def test_out_shape_with_dilation(student, draw, size):
    """out_shape where kernels are dilated"""
    for stack in (DILATED, SPARSE, [(3, 2, 1, 7)], layers(draw, 2)):
        agree(student.out_shape(size, stack))


@points(1)
def test_too_small(student, draw):
    """A kernel that fits exactly gives one pixel; one that does not fit, along either axis, is a ValueError"""
    k = int(draw.integers(1, low=4, high=10))
    cases = [
        ((k, k), [(k, 1, 0, 1)]),
        ((k, k - 1), [(k, 1, 0, 1)]),
        ((k - 1, k), [(k, 1, 0, 1)]),
        ((k - 1, k - 1), [(k, 1, 1, 1)]),
        ((k - 2, k - 2), [(k, 1, 1, 1)]),
        ((k - 3, k - 3), [(k, 1, 1, 1)]),
        ((k, k + 2), [(2, 1, 0, k)]),
        ((9, 9), [(2, 2, 0, 1), (2, 2, 0, 1), (3, 1, 0, 1)]),
        ((9, 9), [(2, 2, 0, 1), (2, 2, 0, 1), (3, 1, 1, 1)]),
    ]
    agree([outcome(student, size, stack) for size, stack in cases])


@points(2)
def test_receptive_field(student, draw):
    """receptive_field: size, jump and start of stacks with stride and padding"""
    for stack in (LENET, MIXED, EVEN, PADDED, [(7, 2, 3, 1)], [], layers(draw, 3, dilation=1)):
        agree(student.receptive_field(stack))


@points(1)
def test_receptive_field_with_dilation(student, draw):
    """receptive_field where kernels are dilated: from the first to the last pixel, holes included"""
    for stack in (DILATED, SPARSE, [(3, 2, 1, 7)], layers(draw, 3)):
        agree(student.receptive_field(stack))


@points(1)
@pytest.mark.parametrize("number", [1, 2, 3])
def test_any_layers(student, draw, number):
    """Both, for layers of any kind"""
    stack = [(2, 2, 1, 1), *layers(draw, number), (3, 1, 2, 2)]  # a jump always meets a kernel with holes
    agree(student.out_shape((4099, 3001), stack))  # too large for a kernel to fit exactly by chance
    agree(student.receptive_field(stack))
