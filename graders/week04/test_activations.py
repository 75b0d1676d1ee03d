"""activations: ReLU, GELU and Sigmoid as autograd Functions of one's own."""

import pytest
import torch

from torchstone.judge import agree, exercise, points, scenario

pytestmark = exercise("activations", accelerator=1, forbidden=["torch.nn.functional.gelu"])
sizes = pytest.mark.parametrize("shape", [(7, 5), (4, 4), (1, 3), (2, 3, 5)])
every_activation = pytest.mark.parametrize("name", ["ReLU", "GELU", "Sigmoid"])


def numbers(draw, *values):
    """These very numbers, in the dtype of what is drawn."""
    return torch.tensor(values).to(draw(1))


@scenario
def value_and_gradient(code, name, x, upstream):
    x.requires_grad_()
    y = getattr(code, name).apply(x)
    (gradient,) = torch.autograd.grad(y, x, upstream)
    return {
        "value": y,
        "gradient": gradient,
        "your input x, afterwards": x,
        "the upstream gradient, afterwards": upstream,
    }


@scenario
def interleaved(code, name, inputs, upstream):
    """Forward on every input, and only then backward through each, all from one upstream gradient."""
    leaves = [x.requires_grad_() for x in inputs]
    outputs = [getattr(code, name).apply(x) for x in leaves]
    return [torch.autograd.grad(y, x, upstream)[0] for x, y in zip(leaves, outputs, strict=True)]


@points(2)
@sizes
def test_relu(student, draw, shape):
    """ReLU: the value, and the gradient from a random upstream gradient"""
    agree(value_and_gradient(student, "ReLU", draw(*shape), draw(*shape)))


@points(2)
@sizes
def test_gelu(student, draw, shape):
    """GELU: the value x·Φ(x), and the gradient from a random upstream gradient"""
    agree(value_and_gradient(student, "GELU", draw(*shape), draw(*shape)))


@points(2)
@sizes
def test_sigmoid(student, draw, shape):
    """Sigmoid: the value, and the gradient from a random upstream gradient"""
    agree(value_and_gradient(student, "Sigmoid", draw(*shape), draw(*shape)))


@points(1)
@every_activation
def test_at_zero(student, draw, name):
    """At exactly 0: the value, and the gradient (for ReLU it is 0 there)"""
    x = draw(5, 7)
    agree(value_and_gradient(student, name, x * (x > 0), draw(5, 7)))


@points(1)
@every_activation
def test_far_out(student, draw, name):
    """For inputs from ±90 to ±10,000 everything stays finite, and right"""
    x = numbers(draw, -1e4, -1e3, -90, 90, 1e3, 1e4)
    agree(value_and_gradient(student, name, x, draw(6)))


@points(1)
@every_activation
def test_two_calls(student, draw, name):
    """Two forward passes, then two backward passes: each finds its own inputs again"""
    agree(interleaved(student, name, [draw(7, 5), draw(7, 5)], draw(7, 5)))
