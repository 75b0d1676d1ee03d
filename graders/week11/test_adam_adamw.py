"""adam_adamw: Adam and AdamW, compared over whole trajectories with torch's own."""

import pytest

from torchstone.judge import agree, descend, exercise, points

pytestmark = exercise("adam_adamw", accelerator=2)
both = pytest.mark.parametrize("rule", ["Adam", "AdamW"])

OPERANDS = 1.0  # parameters and gradients are of this size; a sum of them may come near 0


def parameters(draw, scale=1.0):
    """Three parameters of different rank, one of them square, one with a single entry."""
    return [draw(5, 3, scale=scale), draw(4, 4, scale=scale), draw(1, scale=scale)]


def gradients(draw, params, steps):
    return [draw.like(*params) for _ in range(steps)]


@points(3)
@pytest.mark.parametrize("betas, eps", [((0.9, 0.999), 1e-8), ((0.5, 0.8), 0.1)])
def test_adam(student, draw, betas, eps):
    """Adam: the parameters after 1, 2 and 50 steps"""
    params = parameters(draw)
    got = descend(student, "Adam", params, gradients(draw, params, 50), keep=(1, 2, 50), lr=0.1, betas=betas, eps=eps)
    agree(got, scale=OPERANDS)


@points(3)
@pytest.mark.parametrize("betas, eps", [((0.9, 0.999), 1e-8), ((0.5, 0.8), 0.1)])
def test_adamw(student, draw, betas, eps):
    """AdamW: the parameters after 1, 2 and 50 steps, with the default decay and with a stronger one"""
    params = parameters(draw)
    given = gradients(draw, params, 50)
    options = {"keep": (1, 2, 50), "lr": 0.1, "betas": betas, "eps": eps}
    agree(descend(student, "AdamW", params, given, **options), scale=OPERANDS)
    agree(descend(student, "AdamW", params, given, weight_decay=0.4, **options), scale=OPERANDS)


@points(1)
def test_decay_of_adam(student, draw):
    """Adam with weight decay: the decay is part of the gradient"""
    params = parameters(draw)
    agree(descend(student, "Adam", params, gradients(draw, params, 7), lr=0.1, weight_decay=0.4), scale=OPERANDS)


@points(1)
@pytest.mark.parametrize("rule, eps", [("Adam", 1e-8), ("AdamW", 1e-6)])
def test_tiny_gradients(student, draw, rule, eps):
    """Gradients of 1e-8, where all depends on the place of eps (from 0, so that small steps are seen)"""
    params = parameters(draw, scale=0.0)
    given = [[1e-8 * g for g in step] for step in gradients(draw, params, 3)]
    step = 1e-8 / (1e-8 + eps)  # the size of a step: two of them may cancel
    agree(descend(student, rule, params, given, lr=1.0, eps=eps), scale=step)


@points(1)
@both
def test_missing_and_zero_gradients(student, draw, rule):
    """Without a gradient a parameter, its means and its count of updates rest; with a gradient of zeros they go on"""
    params = parameters(draw)
    given = gradients(draw, params, 7)
    given[0] = [0 * g for g in given[0]]
    given[1][1] = given[2][1] = given[3][0] = given[5][2] = None
    given[4][2] = 0 * given[4][2]
    agree(descend(student, rule, params, given, lr=0.1, betas=(0.8, 0.95), weight_decay=0.2), scale=OPERANDS)


@points(1)
@both
def test_groups(student, draw, rule):
    """Two groups with settings of their own, and a learning rate that changes between steps"""
    a, b, c = parameters(draw)
    groups = [{"params": [a, b], "lr": 0.3, "betas": (0.5, 0.9)}, {"params": [c], "weight_decay": 0.0, "eps": 0.5}]
    given = gradients(draw, [a, b, c], 5)
    agree(descend(student, rule, groups, given, settings={4: {"lr": 0.02}}, lr=0.1, weight_decay=0.3), scale=OPERANDS)


@points(1)
def test_two_optimizers(student, draw):
    """Adam on one network and AdamW on another, one after the other: neither knows of the other"""
    params = parameters(draw)
    given = gradients(draw, params, 3)
    agree(descend(student, "Adam", params, given, lr=0.1), scale=OPERANDS)
    agree(descend(student, "AdamW", params, given, lr=0.1), scale=OPERANDS)


@points(1)
@both
def test_resume(student, draw, rule):
    """Stopped after three steps and resumed from its state_dict, it goes on as if nothing had happened"""
    params = parameters(draw)
    agree(descend(student, rule, params, gradients(draw, params, 6), stops=(3,), lr=0.1), scale=OPERANDS)
