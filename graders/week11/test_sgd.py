"""sgd: momentum, Nesterov's variant and weight decay, compared over whole trajectories with torch's own."""

import pytest
import torch

from torchstone.judge import agree, descend, exercise, points, scenario

pytestmark = exercise("sgd", accelerator=2)

OPERANDS = 1.0  # parameters and gradients are of this size; a sum of them may come near 0


def parameters(draw):
    """Three parameters of different rank, one of them square, one with a single entry."""
    return [draw(5, 3), draw(4, 4), draw(1)]


def gradients(draw, params, steps):
    return [draw.like(*params) for _ in range(steps)]


@scenario
def train(code, A, b, w, lr, momentum, nesterov):
    """Least squares by autograd, with one gradient tensor that is zeroed and filled again: weights and losses."""
    w.requires_grad_()
    w.grad = w.new_zeros(w.shape)
    optimizer = code.SGD([w], lr=lr, momentum=momentum, nesterov=nesterov)
    losses = []
    for _ in range(50):
        w.grad.zero_()
        loss = 0.5 * (A @ w - b).square().mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    return {"weights": w.detach(), "losses": torch.stack(losses)}


@points(3)
@pytest.mark.parametrize("momentum", [0.9, 0.5])
def test_momentum(student, draw, momentum):
    """Momentum: the parameters after 1, 2 and 50 steps"""
    params = parameters(draw)
    given = gradients(draw, params, 50)
    agree(descend(student, "SGD", params, given, keep=(1, 2, 50), lr=0.1, momentum=momentum), scale=OPERANDS)


@points(3)
@pytest.mark.parametrize("momentum", [0.9, 0.5])
def test_nesterov(student, draw, momentum):
    """Nesterov's variant: the parameters after 1, 2 and 50 steps"""
    params = parameters(draw)
    given = gradients(draw, params, 50)
    got = descend(student, "SGD", params, given, keep=(1, 2, 50), lr=0.1, momentum=momentum, nesterov=True)
    agree(got, scale=OPERANDS)


@points(1)
@pytest.mark.parametrize("momentum, nesterov", [(0.0, False), (0.9, False), (0.8, True)])
def test_weight_decay(student, draw, momentum, nesterov):
    """Weight decay is added to the gradient, before momentum"""
    params = parameters(draw)
    options = {"lr": 0.1, "momentum": momentum, "nesterov": nesterov, "weight_decay": 0.3}
    agree(descend(student, "SGD", params, gradients(draw, params, 7), **options), scale=OPERANDS)


@points(1)
def test_missing_and_zero_gradients(student, draw):
    """Without a gradient a parameter and its velocity rest; with a gradient of zeros the velocity carries it on"""
    params = parameters(draw)
    given = gradients(draw, params, 6)
    given[0][1] = given[2][0] = given[3][0] = None
    given[1], given[4] = [0 * g for g in given[1]], [given[4][0], 0 * given[4][1], None]
    agree(descend(student, "SGD", params, given, lr=0.1, momentum=0.9, weight_decay=0.1), scale=OPERANDS)


@points(1)
def test_groups(student, draw):
    """Two groups, each with its own learning rate, momentum and decay"""
    (a, _, c), b = parameters(draw), draw(5, 3)  # a and b have one shape: sharing a velocity would not show as an error
    groups = [{"params": [a, b], "lr": 0.3}, {"params": [c], "momentum": 0.5, "weight_decay": 0.2, "nesterov": True}]
    agree(descend(student, "SGD", groups, gradients(draw, [a, b, c], 5), lr=0.1, momentum=0.9), scale=OPERANDS)


@points(1)
def test_rates_that_change(student, draw):
    """A learning rate that changes between steps multiplies the whole velocity from then on"""
    params = parameters(draw)
    changes = {3: {"lr": 0.02}, 5: {"lr": 0.4}}
    got = descend(student, "SGD", params, gradients(draw, params, 6), settings=changes, lr=0.1, momentum=0.9)
    agree(got, scale=OPERANDS)


@points(1)
def test_resume(student, draw):
    """Stopped after three steps and resumed from its state_dict, it goes on as if nothing had happened"""
    params = parameters(draw)
    given = gradients(draw, params, 6)
    given[1][2] = None
    agree(descend(student, "SGD", params, given, stops=(3,), lr=0.1, momentum=0.9), scale=OPERANDS)


@points(1)
@pytest.mark.parametrize("momentum, nesterov", [(0.0, False), (0.7, False), (0.7, True)])
def test_training(student, draw, momentum, nesterov):
    """50 steps of least squares by autograd, which fills the same gradient tensor again and again"""
    agree(train(student, draw(11, 3), draw(11), draw(3), 0.3, momentum, nesterov), scale=OPERANDS)
