"""gradient_noise: the covariance of a minibatch's gradient, against all minibatches, one by one."""

import pytest

from torchstone.judge import agree, exercise, points, vjp

pytestmark = exercise("gradient_noise", accelerator=1)

OPERANDS = 1.0  # gradients are of this size; a covariance is a small difference of their squares


@points(2)
@pytest.mark.parametrize("n, d, batch_size", [(7, 3, 2), (7, 2, 5), (4, 4, 3), (5, 1, 4)])
def test_without_replacement(student, draw, n, d, batch_size):
    """The covariance over all minibatches without replacement"""
    agree(student.gradient_noise(draw(n, d), batch_size), scale=OPERANDS)


@points(1)
@pytest.mark.parametrize("n, d, batch_size", [(5, 3, 2), (4, 4, 3), (5, 2, 5)])
def test_with_replacement(student, draw, n, d, batch_size):
    """The covariance over all minibatches with replacement, also for a batch as large as the data set"""
    agree(student.gradient_noise(draw(n, d), batch_size, replacement=True), scale=OPERANDS)


@points(1)
@pytest.mark.parametrize("n, d, batch_size", [(5, 3, 5), (2, 2, 2), (1, 3, 1)])
def test_full_batch(student, draw, n, d, batch_size):
    """A batch of all examples has no noise, one of a single example out of one neither; half of that batch has some"""
    G = draw(n, d)
    agree(student.gradient_noise(G, batch_size), scale=OPERANDS)
    agree(student.gradient_noise(draw(n + 1, d), batch_size), scale=OPERANDS)


@points(1)
@pytest.mark.parametrize("n, d", [(7, 2), (3, 3)])
def test_single_examples(student, draw, n, d):
    """Batches of one: the covariance of the examples themselves, with and without replacement"""
    G = 2 + draw(n, d)
    agree(student.gradient_noise(G, 1), scale=4.0)
    agree(student.gradient_noise(G, 1, replacement=True), scale=4.0)


@points(2)
@pytest.mark.parametrize("n, d, batch_size, replacement", [(7, 3, 2, False), (4, 4, 3, False), (4, 2, 3, True)])
def test_gradient(student, draw, n, d, batch_size, replacement):
    """The gradient, from a random upstream gradient"""
    got = vjp(student.gradient_noise, draw(n, d), batch_size, up=draw(d, d), replacement=replacement)
    agree(got, scale=OPERANDS)
