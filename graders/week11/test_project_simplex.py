"""project_simplex: the nearest point of the simplex, its value, its conditions of optimality, and its gradient.

Where gradients are compared no entry is near its threshold: entries are odd sixteenths and the radius is not, so that
|S|·(v − θ) is at least 0.16/16 away from 0, far beyond rounding.
"""

import pytest
import torch

from torchstone.judge import agree, exercise, points, vjp

pytestmark = exercise("project_simplex", accelerator=1)
sizes = pytest.mark.parametrize("n, d, radius", [(7, 5, 0.73), (4, 4, 1.01), (1, 3, 2.6)])

OPERANDS = 1.0  # entries and upstream gradients are of this size


@points(2)
@sizes
def test_projection(student, draw, n, d, radius):
    """The nearest point, row by row, for several radii and for a single row"""
    agree(student.project_simplex(draw.distinct(n, d), radius), scale=OPERANDS)


@points(1)
@pytest.mark.parametrize("n, d", [(5, 7), (3, 1)])
def test_radius_of_one(student, draw, n, d):
    """The radius is 1 if nothing else is said; rows of a single entry"""
    agree(student.project_simplex(draw(n, d)), scale=OPERANDS)
    agree(student.project_simplex(5 + draw(n, d, scale=3.0)), scale=5.0)


@points(1)
def test_duplicates(student, draw):
    """Entries that are equal, all of them or those at the threshold, are treated alike"""
    a, b = draw.number(0.5, 0.7), draw.number(-0.2, 0.0)  # less than 1 apart: a single a does not take all
    x = draw(1)
    rows = [[a, a, a, a], [b, a, a, b], [a, b, b, b], [a, a - 1, a - 1, a], [b, b, b - 2, a]]
    agree(student.project_simplex(torch.tensor(rows, dtype=x.dtype) + 0 * x), scale=OPERANDS)


@points(1)
@pytest.mark.parametrize("d", [4, 5])
def test_points_of_the_simplex(student, draw, d):
    """A point that is in the simplex stays where it is; what lies far outside goes to a corner or to the middle"""
    inside = draw.uniform(3, d, low=0.1, high=1.0)
    inside = inside / inside.sum(1, keepdim=True)
    agree(student.project_simplex(inside), scale=OPERANDS)
    far = draw.distinct(3, d)
    agree(student.project_simplex(100 * far), scale=OPERANDS)
    agree(student.project_simplex(0.01 * far - 50), scale=50.0)


@points(2)
@sizes
def test_gradient(student, draw, n, d, radius):
    """The gradient, from a random upstream gradient: centred over the positive entries, 0 elsewhere"""
    agree(vjp(student.project_simplex, draw.distinct(n, d), radius, up=draw(n, d)), scale=OPERANDS)
