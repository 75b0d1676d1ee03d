"""my_gradcheck: central differences against autograd, graded by what it accepts and what it rejects.

Every check holds right and wrong gradients, so that an answer that never changes earns nothing.
"""

import pytest
import torch

from torchstone.judge import agree, exercise, points, scenario

pytestmark = exercise("my_gradcheck", accelerator=1, forbidden=["torch.autograd.gradcheck"])


@scenario
def operation(value, gradient):
    """A differentiable function from its value and from what its backward pass is to return, right or wrong."""

    class Operation(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return value(x)

        @staticmethod
        def backward(ctx, upstream):
            return gradient(upstream, *ctx.saved_tensors)

    return Operation.apply


@scenario
def right_ones(code, x, A):
    """Functions from and to several shapes, all of them with right gradients; and one of them with a wrong one."""
    x, A = x.double(), A.double()
    wrong_sine = operation(torch.sin, lambda up, x: -up * x.cos())
    return {
        "entry by entry": code.my_gradcheck(torch.tanh, x),
        "matrix product": code.my_gradcheck(lambda x: x @ A, x),
        "to a scalar": code.my_gradcheck(lambda x: x.logsumexp((0, 1)), x),
        "from a scalar": code.my_gradcheck(lambda t: t * A, x[0, 0]),
        "from a scalar to a scalar": code.my_gradcheck(torch.exp, x[0, 0]),
        "entries without influence": code.my_gradcheck(lambda x: x[0] ** 2, x),
        "no influence at all": code.my_gradcheck(lambda x: A.exp(), x),
        "no influence, beside one that has": code.my_gradcheck(lambda x: A.requires_grad_().exp(), x),
        "a Function of one's own": code.my_gradcheck(operation(torch.sin, lambda up, x: up * x.cos()), x),
        "a Function of one's own, wrong": code.my_gradcheck(wrong_sine, x),
    }


@scenario
def wrong_ones(code, x, A):
    """Wrong gradients, and one right one."""
    x, A = x.double(), A.double()
    return {
        "right": code.my_gradcheck(operation(lambda x: x @ A, lambda up, x: up @ A.T), x),
        "transposed": code.my_gradcheck(operation(lambda x: x @ A, lambda up, x: up @ A), x),
        "twice too large": code.my_gradcheck(operation(torch.sin, lambda up, x: 2 * up * x.cos()), x),
        "wrong sign": code.my_gradcheck(operation(torch.cos, lambda up, x: up * x.sin()), x),
        "nothing": code.my_gradcheck(operation(torch.sin, lambda up, x: torch.zeros_like(x)), x),
        "not a number": code.my_gradcheck(operation(torch.sin, lambda up, x: up * float("nan")), x),
        "upstream gradient ignored": code.my_gradcheck(operation(torch.sin, lambda up, x: x.cos()), x),
        "a term missing": code.my_gradcheck(operation(lambda x: x * x.sin(), lambda up, x: up * x.sin()), x),
    }


@scenario
def wrong_in_one_entry(code, x, entries):
    """A gradient that is wrong in this one entry, for each of them in turn; and x afterwards."""
    x = x.double()

    def sine(entry):
        bump = torch.ones_like(x)
        if entry is not None:
            bump[tuple(entry)] = 1.5
        return operation(torch.sin, lambda up, x: up * x.cos() * bump)

    verdicts = [code.my_gradcheck(sine(entry), x) for entry in [None, *entries]]
    return {"verdicts": verdicts, "x, afterwards": x}


@scenario
def hidden_from_a_sum(code, x):
    """Gradients that are wrong, and right for the sum of the outputs."""
    x = x.double()
    return {
        "right": code.my_gradcheck(lambda x: x.softmax(0), x),
        "softmax without gradient": code.my_gradcheck(operation(lambda x: x.softmax(0), lambda up, x: up * 0), x),
        "upstream gradient reversed": code.my_gradcheck(operation(torch.sin, lambda up, x: up.flip(0) * x.cos()), x),
        "mean of the upstream gradient": code.my_gradcheck(operation(torch.sin, lambda up, x: up.mean() * x.cos()), x),
    }


@scenario
def at_scale(code, x, size, slope):
    """A function of this size, whose gradient is right but for the factor `slope`."""
    x = x.double()
    return code.my_gradcheck(operation(lambda x: size * x.sin(), lambda up, x: slope * size * up * x.cos()), x)


@scenario
def with_settings(code, x, slope, **settings):
    return code.my_gradcheck(operation(torch.sin, lambda up, x: slope * up * x.cos()), x.double(), **settings)


@scenario
def random_state(code, x, unrelated_seed):
    """Where the global random state is after a check, and where it was."""
    torch.manual_seed(unrelated_seed)
    code.my_gradcheck(torch.sin, x.double())
    afterwards = torch.rand(8).tolist()
    torch.manual_seed(unrelated_seed)
    return afterwards, torch.rand(8).tolist()


@scenario
def for_dtype(code, x, dtype):
    """What kind of answer it gives, or the name of the exception."""
    try:
        return type(code.my_gradcheck(torch.sin, x.to(getattr(torch, dtype)))).__name__
    except (TypeError, ValueError, RuntimeError, AssertionError) as e:
        return type(e).__name__


@scenario
def at_kinks(code, x):
    """ReLU and absolute value, away from their kinks; and a ReLU that lets through what it should hold back."""
    x = x.double()
    return {
        "relu": code.my_gradcheck(torch.relu, x),
        "absolute value": code.my_gradcheck(torch.abs, x),
        "largest entry": code.my_gradcheck(lambda x: x.amax(1), x),
        "relu, wrong": code.my_gradcheck(operation(torch.relu, lambda up, x: up), -x.abs()),
        "right for x, wrong for −x": code.my_gradcheck(operation(torch.abs, lambda up, x: up), x.abs()),
    }


@points(1)
@pytest.mark.parametrize("n, d, k", [(3, 5, 2), (4, 4, 4), (1, 3, 2)])
def test_accepts(student, draw, n, d, k):
    """Right gradients are accepted, for inputs and outputs of any shape"""
    agree(right_ones(student, draw(n, d), draw(d, k)))


@points(2)
@pytest.mark.parametrize("n", [4, 5])
def test_rejects(student, draw, n):
    """Wrong gradients are rejected: transposed, scaled, of the wrong sign, missing a term, NaN"""
    agree(wrong_ones(student, draw.distinct(3, n), draw(n, n)))


@points(1)
def test_every_entry(student, draw):
    """A gradient that is wrong in a single entry is found, wherever that is; x and the global random state stay"""
    x = draw.uniform(3, 5, low=-1.0, high=1.0)
    agree(wrong_in_one_entry(student, x, [(0, 0), (2, 4), (1, 3), (0, 4), (2, 0)]))
    after, undisturbed = random_state(student, x, unrelated_seed=1)
    assert after == undisturbed, "the global random state has moved"


@points(2)
def test_cotangent(student, draw):
    """Gradients that are right for the sum of the outputs only are rejected"""
    agree(hidden_from_a_sum(student, draw(61)))


@points(1)
@pytest.mark.parametrize("size", [1e-6, 1e6])
def test_relative(student, draw, size):
    """Small gradients are not waved through and large ones not held up: what counts is the relative error"""
    x = draw.uniform(7, low=-1.0, high=1.0)
    agree([at_scale(student, x, size, slope) for slope in (1.0, 2.0, 0.0)])


@points(1)
def test_settings(student, draw):
    """eps and tol do what they say: a wide step is still accurate, and a wide tolerance tolerates"""
    x = draw.uniform(7, low=0.2, high=0.5)  # sines and cosines that differ little: errors neither vanish nor cancel
    agree(
        [
            with_settings(student, x, slope=1.0, eps=1e-3, tol=1e-5),
            with_settings(student, x, slope=1.001, tol=1e-2),
            with_settings(student, x, slope=1.001, tol=1e-4),
        ]
    )


@points(1)
def test_precision_and_kinks(student, draw):
    """float32 is refused, an answer is True or False; beside a kink, right gradients are told from wrong ones"""
    x = draw.distinct(3, 5)
    agree([for_dtype(student, x, "float32"), for_dtype(student, x, "float64")])
    agree(at_kinks(student, x))
