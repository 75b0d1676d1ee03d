"""gd_newton: gradient descent and Newton's method, on bowls, on a saddle, and where the Hessian changes."""

import pytest
import torch

from torchstone.judge import agree, exercise, points, scenario

pytestmark = exercise("gd_newton", accelerator=1)
dimensions = pytest.mark.parametrize("d, steps", [(5, 7), (3, 2), (1, 5), (4, 0)])

OPERANDS = 1.0  # starting points and minima are of this size; a path may come near 0


def symmetric(draw, eigenvalues):
    """A matrix with these eigenvalues and axes of its own: two reflections, which are perfectly conditioned."""
    A = torch.diag(eigenvalues)
    for _ in range(2):
        v = draw.uniform(len(eigenvalues), low=0.2, high=1.0)
        reflect = torch.eye(len(v), dtype=v.dtype) - 2 * torch.outer(v, v) / (v @ v)
        A = reflect @ A @ reflect
    return (A + A.T) / 2


def bowl(draw, d):
    return symmetric(draw, draw.uniform(d, low=0.5, high=2.0))


def saddle(draw, d):
    """Half of the directions fall, and every curvature is well away from 0."""
    signs = torch.tensor([1.0, -1.0] * d)[:d]
    return symmetric(draw, draw.uniform(d, low=0.5, high=2.0) * signs)


@scenario
def paths(code, A, minimum, start, steps, lr):
    """Gradient descent on ½·(x − minimum)·A·(x − minimum); the starting point afterwards."""
    path = code.gradient_descent(lambda x: A @ (x - minimum), start, lr, steps)
    return {"trajectory": path, "starting point, afterwards": start}


@scenario
def newton_paths(code, A, minimum, start, steps, **options):
    """Newton's method on the same."""
    path = code.newton(lambda x: A @ (x - minimum), lambda x: A, start, steps, **options)
    return {"trajectory": path, "starting point, afterwards": start}


@scenario
def curved_paths(code, A, b, start, steps, lr):
    """Both on ½·x·A·x − b·x + ¼·Σx⁴, whose Hessian is another one at each point."""

    def slope(x):
        return A @ x - b + x**3

    def bend(x):
        return A + torch.diag(3 * x**2)

    return {
        "gradient descent": code.gradient_descent(slope, start, 0.1 * lr, steps),
        "Newton": code.newton(slope, bend, start, steps, lr),
        "Newton with |H|": code.newton(slope, bend, start, steps, lr, absolute=True),
    }


@scenario
def curved_saddles(code, A, start, steps, lr):
    """Newton's method with |H| on ½·x·A·x + ¼·Σx⁴: it leaves the saddle at 0 and meets a Hessian that changes sign."""

    def slope(x):
        return A @ x + x**3

    def bend(x):
        return A + torch.diag(3 * x**2)

    return code.newton(slope, bend, start, steps, lr=lr, absolute=True)


@points(2)
@dimensions
def test_gradient_descent(student, draw, d, steps):
    """gradient_descent: the whole trajectory on a quadratic function, from the starting point on"""
    agree(paths(student, bowl(draw, d), draw(d), draw(d), steps, 0.3), scale=OPERANDS)


@points(2)
@dimensions
@pytest.mark.parametrize("lr", [1.0, 0.3])
def test_newton(student, draw, d, steps, lr):
    """newton: the whole trajectory on a quadratic function, at full and at shorter steps"""
    agree(newton_paths(student, bowl(draw, d), draw(d), draw(d), steps, lr=lr), scale=OPERANDS)


@points(2)
@pytest.mark.parametrize("d, steps, lr", [(5, 6, 1.0), (3, 4, 0.5)])
def test_curvature_that_changes(student, draw, d, steps, lr):
    """Where the Hessian differs from point to point, each step uses the one where it starts"""
    start = 1 + draw.uniform(d, low=0.2, high=1.0)
    agree(curved_paths(student, bowl(draw, d), draw(d, scale=0.3), start, steps, lr), scale=OPERANDS)


@points(1)
@pytest.mark.parametrize("d, lr", [(4, 1.0), (3, 0.5)])
def test_saddle(student, draw, d, lr):
    """At a saddle gradient descent is pushed away, and Newton's method is drawn in"""
    A, at, start = saddle(draw, d), draw(d), draw(d)
    agree(paths(student, A, at, start, 5, 0.3), scale=OPERANDS)
    agree(newton_paths(student, A, at, start, 3, lr=lr), scale=OPERANDS)


@points(2)
@pytest.mark.parametrize("d, steps, lr", [(4, 5, 0.5), (3, 4, 0.3), (2, 1, 1.0)])
def test_absolute(student, draw, d, steps, lr):
    """newton with absolute=True: on a bowl the same as without; at a saddle it leaves along what falls"""
    A, at, start = saddle(draw, d), draw(d), draw(d)
    agree(newton_paths(student, A, at, start, steps, lr=lr, absolute=True), scale=OPERANDS)
    agree(newton_paths(student, bowl(draw, d), at, start, steps, lr=lr, absolute=True), scale=OPERANDS)
