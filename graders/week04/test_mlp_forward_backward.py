"""mlp_forward_backward: a perceptron with one hidden layer, forward and backward by hand."""

import pytest
import torch

from torchstone.judge import agree, exercise, points, scenario

pytestmark = exercise("mlp_forward_backward", accelerator=2)
OPERANDS = 1.0  # inputs, upstream gradients and probabilities are of this size: a sum of them may come near 0 by chance
sizes = pytest.mark.parametrize("n, d, h, k", [(7, 5, 3, 2), (11, 4, 4, 4), (1, 3, 5, 2)])


def layers(draw, d, h, k):
    """W1, b1, W2, b2: small, so that no class is so sure that its gradient drowns in rounding."""
    return draw(d, h, scale=0.3), draw(h, scale=0.3), draw(h, k, scale=0.3), draw(k, scale=0.3)


@scenario
def logits(code, X, weights):
    return code.mlp_forward(X, *weights)[0]


@scenario
def gradients(code, X, weights, upstream, names):
    _, cache = code.mlp_forward(X, *weights)
    found = code.mlp_backward(upstream, cache)
    return {name: found[name] for name in names}


@scenario
def two_batches(code, batches, weights):
    """Forward on both batches, backward through both, and through the first once more."""
    passes = [(upstream, code.mlp_forward(X, *weights)[1]) for X, upstream in batches]
    return [code.mlp_backward(upstream, cache) for upstream, cache in [*passes, passes[0]]]


@scenario
def loss_and_layers(code, X, weights, y):
    found = code.mlp_forward_backward(X, *weights, y)
    return {name: found[name] for name in ("loss", "logits", "hidden")}


@points(2)
@sizes
def test_logits(student, draw, n, d, h, k):
    """mlp_forward: the logits, for several sizes and for a batch of one"""
    agree(logits(student, draw(n, d), layers(draw, d, h, k)), scale=OPERANDS)


@points(2)
@sizes
def test_output_layer(student, draw, n, d, h, k):
    """mlp_backward: the gradients of W2 and b2, from a random upstream gradient"""
    agree(gradients(student, draw(n, d), layers(draw, d, h, k), draw(n, k), ["W2", "b2"]), scale=OPERANDS)


@points(2)
@sizes
def test_hidden_layer(student, draw, n, d, h, k):
    """mlp_backward: the gradients of X, W1 and b1, from a random upstream gradient"""
    agree(gradients(student, draw(n, d), layers(draw, d, h, k), draw(n, k), ["X", "W1", "b1"]), scale=OPERANDS)


@points(1)
@sizes
def test_loss(student, draw, n, d, h, k):
    """mlp_forward_backward: the mean cross-entropy, the logits and the hidden layer"""
    agree(loss_and_layers(student, draw(n, d), layers(draw, d, h, k), draw.labels(n, k)), scale=OPERANDS)


@points(2)
@sizes
def test_gradients_of_the_loss(student, draw, n, d, h, k):
    """mlp_forward_backward: the gradients of the mean cross-entropy, beside loss, logits and hidden layer"""
    agree(student.mlp_forward_backward(draw(n, d), *layers(draw, d, h, k), draw.labels(n, k)), scale=OPERANDS)


@points(1)
@pytest.mark.parametrize("dead", ["far below zero", "exactly at zero"])
def test_dead_layer(student, draw, dead):
    """Hidden units that are not active (below 0, or exactly at 0) pass no gradient"""
    X, (W1, b1, W2, b2) = draw(7, 5), layers(draw, 5, 3, 2)
    if dead == "exactly at zero":
        X, b1 = 0 * X, 0 * b1
    else:
        b1 = b1 - 100
    agree(student.mlp_forward_backward(X, W1, b1, W2, b2, draw.labels(7, 2)), scale=OPERANDS)


@points(1)
def test_large_logits(student, draw):
    """With logits in the thousands, loss and gradients stay finite and right"""
    W1, b1, W2, b2 = layers(draw, 5, 8, 4)
    far_apart = 1000 * (torch.arange(4) - 1.5)
    y = torch.arange(7) % 4  # six of seven are not what the logits say: only there is a gradient
    agree(student.mlp_forward_backward(draw(7, 5), W1, b1, W2, b2 + far_apart, y), scale=OPERANDS)


@points(1)
def test_two_batches(student, draw):
    """Two forward passes, then the backward passes: none disturbs another"""
    agree(two_batches(student, [(draw(7, 5), draw(7, 2)) for _ in range(2)], layers(draw, 5, 3, 2)), scale=OPERANDS)
