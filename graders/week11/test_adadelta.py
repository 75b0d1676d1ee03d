"""adadelta: steps in the unit of the parameters, compared over whole trajectories with torch's own.

Steps begin at about √eps, so parameters begin at 0 or eps is not tiny: otherwise rounding would hide what is wrong.
"""

import pytest

from torchstone.judge import agree, descend, exercise, points

pytestmark = exercise("adadelta", accelerator=1)


def parameters(draw, scale=1.0):
    """Three parameters of different rank, one of them square, one with a single entry."""
    return [draw(5, 3, scale=scale), draw(4, 4, scale=scale), draw(1, scale=scale)]


def gradients(draw, params, steps):
    return [draw.like(*params) for _ in range(steps)]


@points(2)
@pytest.mark.parametrize("rho, eps", [(0.9, 1e-2), (0.5, 0.3)])
def test_trajectory(student, draw, rho, eps):
    """The parameters after 1, 2 and 50 steps"""
    params = parameters(draw)
    got = descend(student, "Adadelta", params, gradients(draw, params, 50), keep=(1, 2, 50), rho=rho, eps=eps)
    agree(got, scale=1.0)


@points(1)
@pytest.mark.parametrize("size", [1.0, 100.0])
def test_defaults(student, draw, size):
    """With the default settings, from 0: small first steps, whatever the size of the gradients"""
    params = parameters(draw, scale=0.0)
    given = [[size * g for g in step] for step in gradients(draw, params, 7)]
    step = 1e-3  # the size of a first step, √eps: two of them may cancel
    agree(descend(student, "Adadelta", params, given), scale=step)


@points(1)
def test_rate(student, draw):
    """The learning rate multiplies the step, also when it changes, and is not remembered"""
    params = parameters(draw)
    given = gradients(draw, params, 6)
    got = descend(student, "Adadelta", params, given, settings={4: {"lr": 0.2}}, lr=3.0, rho=0.8, eps=0.05)
    agree(got, scale=1.0)


@points(1)
def test_missing_and_zero_gradients(student, draw):
    """Without a gradient a parameter and its state rest; with a gradient of zeros both means decay"""
    params = parameters(draw)
    given = gradients(draw, params, 6)
    given[0] = [0 * g for g in given[0]]
    given[2][1] = given[3][0] = given[5][2] = None
    given[3][2] = 0 * given[3][2]
    agree(descend(student, "Adadelta", params, given, rho=0.7, eps=0.02), scale=1.0)


@points(1)
def test_groups(student, draw):
    """Two groups, each with its own rho, eps and learning rate"""
    a, b, c = parameters(draw)
    groups = [{"params": [a, b], "rho": 0.5, "lr": 2.0}, {"params": [c], "eps": 0.5}]
    agree(descend(student, "Adadelta", groups, gradients(draw, [a, b, c], 4), eps=0.01), scale=1.0)


@points(1)
def test_resume(student, draw):
    """Stopped after three steps and resumed from its state_dict, it goes on as if nothing had happened"""
    params = parameters(draw)
    agree(descend(student, "Adadelta", params, gradients(draw, params, 6), stops=(3,), rho=0.8, eps=0.05), scale=1.0)
