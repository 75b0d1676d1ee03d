"""label_shift_weights: black-box shift estimation, and the risk weighted by it."""

import pytest
import torch

from torchstone.judge import agree, exercise, points, vjp

pytestmark = exercise("label_shift_weights", accelerator=1)
sizes = pytest.mark.parametrize("k", [3, 5, 2])


def confusion(draw, k):
    """Counts of a classifier that is mostly right; row i: predicted i, column j: truly j."""
    return 20 * (0.5 * draw.uniform(k, k) + torch.diag(draw.uniform(k, low=2.0, high=4.0)))


def predictions(draw, C, examples=500):
    """How often each class is predicted on target inputs, where the classes are 0.3 to 2 times as frequent."""
    mu = C @ draw.uniform(len(C), low=0.3, high=2.0)
    return examples * mu / mu.sum()


@points(2)
@sizes
def test_weights(student, draw, k):
    """The weights, from counts of any size"""
    C = confusion(draw, k)
    agree(student.label_shift_weights(C, predictions(draw, C)))


@points(2)
@sizes
def test_negative(student, draw, k):
    """Negative weights are clipped to 0, and the rest is rescaled to mean 1 over the source classes"""
    C = confusion(draw, k)
    mu = predictions(draw, C)
    mu[0] = 0.0  # a class that is never predicted, though others are mistaken for it
    agree(student.label_shift_weights(C, mu))


@points(1)
@pytest.mark.parametrize("case", ["absent class", "classes that are never told apart"])
def test_singular(student, draw, case):
    """A singular confusion matrix: the least-squares solution of smallest norm"""
    C = confusion(draw, 5)
    if case == "absent class":
        C[2, :] = 0.0
        C[:, 2] = 0.0
    else:
        C[:, 3] = C[:, 1]
    agree(student.label_shift_weights(C, predictions(draw, C)))


@points(1)
@pytest.mark.parametrize("n, k", [(13, 3), (4, 4), (1, 5)])
def test_risk(student, draw, n, k):
    """The weighted risk: the mean over the examples of their weighted losses"""
    agree(student.weighted_risk(draw.uniform(n, high=3.0), draw.labels(n, k), draw.uniform(k, high=2.0)))


@points(1)
@pytest.mark.parametrize("n, k", [(13, 3), (4, 4)])
def test_gradient_of_the_risk(student, draw, n, k):
    """The weighted risk passes gradients to the losses and to the weights, so that one can train with it"""
    losses, y, w = draw.uniform(n, high=3.0), draw.labels(n, k), draw.uniform(k, high=2.0)
    agree(vjp(student.weighted_risk, losses, y, w, up=draw()))
