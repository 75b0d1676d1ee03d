"""weight_decay_step: SGD in place, with decay for the weights and none for the biases."""

import pytest

from torchstone.judge import agree, exercise, points, scenario

pytestmark = exercise("weight_decay_step", accelerator=1, forbidden=["torch.optim.*"])


def layers(draw):
    """Weights and biases of three layers, one of them square, one a convolution."""
    return [draw(5, 3), draw(4, 4), draw(2, 3, 5, 1)], [draw(3), draw(4), draw(2)]


@scenario
def train(code, weights, biases, gradients, **options):
    """The parameters after every step; `gradients` holds, step by step, one gradient or None for each parameter."""
    parameters = [p.requires_grad_() for p in [*weights, *biases]]
    history = []
    for step in gradients:
        for p, g in zip(parameters, step, strict=True):
            p.grad = g
        code.weight_decay_step(weights, biases, **options)
        history.append([p.detach().clone() for p in parameters])
    return {
        "weights": [step[: len(weights)] for step in history],
        "biases": [step[len(weights) :] for step in history],
        "gradients, afterwards": [p.grad for p in parameters],
        "still trainable": [p.requires_grad and p.is_leaf for p in parameters],
    }


@points(2)
@pytest.mark.parametrize("lr, weight_decay", [(0.1, 0.3), (0.5, 0.01)])
def test_weights(student, draw, lr, weight_decay):
    """One step: the weights follow their gradient and decay"""
    weights, biases = layers(draw)
    trained = train(student, weights, biases, [draw.like(*weights, *biases)], lr=lr, weight_decay=weight_decay)
    agree(trained["weights"], scale=1.0)


@points(1)
@pytest.mark.parametrize("lr, weight_decay", [(0.1, 0.3), (0.5, 0.01)])
def test_biases(student, draw, lr, weight_decay):
    """One step: the biases follow their gradient and do not decay"""
    weights, biases = layers(draw)
    trained = train(student, weights, biases, [draw.like(*weights, *biases)], lr=lr, weight_decay=weight_decay)
    agree(trained["biases"], scale=1.0)


@points(1)
def test_many_steps(student, draw):
    """Seven steps in a row, each with new gradients"""
    weights, biases = layers(draw)
    gradients = [draw.like(*weights, *biases) for _ in range(7)]
    agree(train(student, weights, biases, gradients, lr=0.1, weight_decay=0.3), scale=1.0)


@points(1)
def test_without_decay(student, draw):
    """With weight_decay = 0 it is plain SGD"""
    weights, biases = layers(draw)
    agree(train(student, weights, biases, [draw.like(*weights, *biases)], lr=0.1, weight_decay=0.0), scale=1.0)


@points(1)
@pytest.mark.parametrize("missing", [(1, 4), (0, 2, 3, 5)])
def test_missing_gradients(student, draw, missing):
    """A tensor whose gradient is None stays as it is; the others move"""
    weights, biases = layers(draw)
    gradients = [None if i in missing else g for i, g in enumerate(draw.like(*weights, *biases))]
    agree(train(student, weights, biases, [gradients], lr=0.1, weight_decay=0.3), scale=1.0)


@points(1)
def test_gradients_kept(student, draw):
    """The gradients are read, not changed, and the tensors can still be trained"""
    weights, _ = layers(draw)
    agree(train(student, weights, [], [draw.like(*weights)], lr=0.1, weight_decay=0.3), scale=1.0)
