"""adagrad_rmsprop: steps divided by what the gradients were, with eps inside the root (the book's convention)."""

import pytest

from torchstone.judge import agree, descend, exercise, points

pytestmark = exercise("adagrad_rmsprop", accelerator=1)
both = pytest.mark.parametrize("rule", ["Adagrad", "RMSprop"])

OPERANDS = 1.0  # parameters and gradients are of this size; a sum of them may come near 0


def parameters(draw, scale=1.0):
    """Three parameters of different rank, one of them square, one with a single entry."""
    return [draw(5, 3, scale=scale), draw(4, 4, scale=scale), draw(1, scale=scale)]


def gradients(draw, params, steps):
    return [draw.like(*params) for _ in range(steps)]


@points(2)
@pytest.mark.parametrize("eps", [1e-6, 0.1])
def test_adagrad(student, draw, eps):
    """Adagrad: the parameters after 1, 2 and 50 steps"""
    params = parameters(draw)
    given = gradients(draw, params, 50)
    agree(descend(student, "Adagrad", params, given, keep=(1, 2, 50), lr=0.3, eps=eps), scale=OPERANDS)


@points(2)
@pytest.mark.parametrize("alpha, eps", [(0.9, 1e-6), (0.7, 0.1)])
def test_rmsprop(student, draw, alpha, eps):
    """RMSprop: the parameters after 1, 2 and 50 steps"""
    params = parameters(draw)
    given = gradients(draw, params, 50)
    agree(descend(student, "RMSprop", params, given, keep=(1, 2, 50), lr=0.1, alpha=alpha, eps=eps), scale=OPERANDS)


@points(2)
@both
def test_tiny_gradients(student, draw, rule):
    """Gradients of 1e-8, where all depends on the place of eps (from 0, so that small steps are seen)"""
    params = parameters(draw, scale=0.0)
    given = [[1e-8 * g for g in step] for step in gradients(draw, params, 3)]
    step = 1e-5  # the size of a step, 1e-8 / √1e-6: two of them may cancel
    agree(descend(student, rule, params, given, lr=1.0), scale=step)


@points(1)
@both
def test_missing_and_zero_gradients(student, draw, rule):
    """Without a gradient a parameter and its state rest; a gradient of zeros moves nothing and is no division by 0"""
    params = parameters(draw)
    given = gradients(draw, params, 6)
    given[0] = [0 * g for g in given[0]]
    given[2][1] = given[3][0] = given[5][2] = None
    given[4][2] = 0 * given[4][2]
    agree(descend(student, rule, params, given, lr=0.1), scale=OPERANDS)


@points(1)
@both
def test_groups(student, draw, rule):
    """Two groups, each with its own learning rate and eps, one of which changes between steps"""
    a, b, c = parameters(draw)
    groups = [{"params": [a, b], "lr": 0.3}, {"params": [c], "eps": 0.5}]
    given = gradients(draw, [a, b, c], 4)
    changes = {} if rule == "Adagrad" else {4: {"lr": 0.05}}
    agree(descend(student, rule, groups, given, settings=changes, lr=0.1, eps=0.01), scale=OPERANDS)


@points(1)
@both
def test_resume(student, draw, rule):
    """Stopped after three steps and resumed from its state_dict, it goes on as if nothing had happened"""
    params = parameters(draw)
    agree(descend(student, rule, params, gradients(draw, params, 6), stops=(3,), lr=0.1), scale=OPERANDS)
