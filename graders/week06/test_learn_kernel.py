"""learn_kernel: a kernel by gradient descent, step by step; and a 1×1 convolution as a linear layer."""

import pytest
import torch
import torch.nn.functional as F

from torchstone.judge import agree, exercise, points, scenario, vjp

pytestmark = exercise("learn_kernel", accelerator=1)
OPERANDS = 1.0  # images, kernels and upstream gradients are of this size


def filtered(X, K):
    return F.conv2d(X[None, None], K[None, None])[0, 0]


@scenario
def learned(code, X, Y, kernel_size, steps, lr):
    kernel = code.learn_kernel(X, Y, kernel_size, steps, lr)
    return {"kernel": kernel, "attached": kernel.requires_grad}


@points(2)
@pytest.mark.parametrize(
    "image, kernel_size, steps", [((7, 11), (2, 3), 1), ((9, 8), (3, 3), 5), ((6, 13), (1, 4), 50), ((5, 5), (2, 2), 0)]
)
def test_kernel(student, draw, image, kernel_size, steps):
    """learn_kernel: the kernel after as many steps as asked for"""
    X, K = draw(*image), draw(*kernel_size)
    agree(learned(student, X, filtered(X, K), kernel_size, steps, 0.1), scale=OPERANDS)


@points(1)
def test_edges(student, draw):
    """From the edges of a black bar, as in the book, it learns [1, −1]"""
    X = torch.ones_like(draw(6, 9))
    begin, width = (int(draw.integers(1, low=2, high=5)) for _ in range(2))
    X[:, begin : begin + width] = 0
    X[0, int(draw.integers(1, low=0, high=9))] = 0.5  # a spot, elsewhere each time
    kernel = learned(student, X, X[:, :-1] - X[:, 1:], (1, 2), 100, 0.5)["kernel"]
    agree(kernel, scale=OPERANDS)


@points(1)
@pytest.mark.parametrize("level", [0.0, 0.5])
def test_constant_image(student, draw, level):
    """From a constant image the entries of the kernel stay equal; from a black one they stay 0"""
    X = torch.full_like(draw(5, 6), level)
    agree(learned(student, X, draw(4, 4), (2, 3), 5, 0.2), scale=OPERANDS)


@points(1)
@pytest.mark.parametrize("lr", [0.02, 0.3])
def test_noisy_target(student, draw, lr):
    """Where no kernel fits, the least squares are approached at the pace that lr sets"""
    agree(learned(student, draw(8, 7), draw(6, 6), (3, 2), 20, lr), scale=OPERANDS)


@points(2)
@pytest.mark.parametrize("n, c, o, h, w", [(2, 3, 5, 4, 7), (2, 4, 4, 4, 4), (1, 2, 3, 1, 5)])
def test_conv1x1(student, draw, n, c, o, h, w):
    """conv1x1: at every pixel, the same linear layer over the channels"""
    agree(student.conv1x1(draw(n, c, h, w), draw(o, c), draw(o)), scale=OPERANDS)


@points(2)
@pytest.mark.parametrize("n, c, o, h, w", [(2, 3, 5, 4, 7), (2, 4, 4, 4, 4)])
def test_conv1x1_gradients(student, draw, n, c, o, h, w):
    """conv1x1: the gradients of x, w and b, from a random upstream gradient"""
    agree(vjp(student.conv1x1, draw(n, c, h, w), draw(o, c), draw(o), up=draw(n, o, h, w)), scale=OPERANDS)
