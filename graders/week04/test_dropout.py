"""dropout: inverted dropout with an explicit generator.

Which entries fall is the student's choice of sampler (rand, bernoulli, any layout, any comparison), so nothing is replayed:
the checks are properties that hold for every right use of the generator, up to a probability that is worked out here.

The share of zeros among N entries misses p by 0.05 or more with probability at most 2·exp(−2·N·0.05²) (Hoeffding, 1963).
With N ≥ 8,000 that is 9e-18; likewise for the share of equal neighbours at p = ½, which are independent fair coins too.
A grading makes fewer than 60 such comparisons (probes × worlds): right code fails with a probability below 1e-15.
"""

import pytest
import torch

from torchstone.judge import agree, exercise, points, scenario, vjp

pytestmark = exercise("dropout", accelerator=1)

MARGIN = 0.05


def inputs(draw, *shape):
    """Entries of both signs, none of them near zero: a zero in the output was dropped."""
    sign = 2 * draw.integers(*shape, low=0, high=2) - 1
    return draw.uniform(*shape, low=0.5, high=2.0) * sign


def settle(got, like):
    """Type, shape and dtype first: what follows may then be computed with."""
    agree(torch.zeros_like(got) if isinstance(got, torch.Tensor) else got, torch.zeros_like(like))


def survivors(output, x, p):
    """Which entries came through. About a share p of them must not have."""
    settle(output, x)
    kept = output != 0
    share = 1 - kept.double().mean().item()
    assert abs(share - p) < MARGIN, f"with p = {p}, {share:.0%} of the entries are zero"
    return kept


def all_are(values, wanted, what):
    agree(
        {f"smallest {what}": values.min(), f"largest {what}": values.max()},
        {f"smallest {what}": torch.full_like(values[0], wanted), f"largest {what}": torch.full_like(values[0], wanted)},
    )


@scenario
def two_calls(code, x, p, generator, unrelated_seed):
    """Two calls in a row, with the global random state in some unrelated place; and what that state gives afterwards."""
    torch.manual_seed(unrelated_seed)
    outputs = [code.dropout(x, p, True, generator) for _ in range(2)]
    afterwards = torch.rand(8).tolist()
    torch.manual_seed(unrelated_seed)
    return outputs, afterwards, torch.rand(8).tolist()


@points(2)
@pytest.mark.parametrize("p, shape", [(0.2, (7, 4001)), (0.5, (101, 101)), (0.7, (1, 8009))])
def test_rescaled(student, draw, p, shape):
    """In training a share p is dropped, and what survives is rescaled so that the mean is kept"""
    x = inputs(draw, *shape)
    output = student.dropout(x, p=p, training=True, generator=draw.generator())
    kept = survivors(output, x, p)
    all_are((output / x)[kept], 1 / (1 - p), "factor of a survivor")


@points(1)
@pytest.mark.parametrize("shape", [(128, 83), (16, 8, 83)])
def test_each_entry(student, draw, shape):
    """Every entry has a coin of its own: no two rows, columns or examples share a mask"""
    x = inputs(draw, *shape)
    output = student.dropout(x, p=0.5, training=True, generator=draw.generator())
    settle(output, x)
    kept = output != 0
    for axis in range(kept.dim()):
        here, next_to_it = kept.narrow(axis, 0, shape[axis] - 1), kept.narrow(axis, 1, shape[axis] - 1)
        same = (here == next_to_it).double().mean().item()
        assert abs(same - 0.5) < MARGIN, (
            f"with p = 0.5, {same:.0%} of the neighbours along axis {axis} share their fate"
        )


@points(2)
@pytest.mark.parametrize("p, shape", [(0.3, (7, 2003)), (0.5, (101, 101))])
def test_gradient(student, draw, p, shape):
    """The gradient passes where the value passed, by the same factor"""
    x, upstream = inputs(draw, *shape), inputs(draw, *shape)
    result = vjp(student.dropout, x, up=upstream, p=p, training=True, generator=draw.generator())
    output, (gradient,) = result["value"], result["gradient"]
    kept = survivors(output, x, p)
    settle(gradient, x)
    assert torch.equal(gradient != 0, kept), "the gradient does not pass through the mask of the forward pass"
    forward, backward = (output / x)[kept], (gradient / upstream)[kept]
    all_are(backward / forward, 1.0, "factor of the gradient, relative to that of the value")


@points(1)
@pytest.mark.parametrize("p", [0.0, 1.0])
def test_nothing_or_everything(student, draw, p):
    """p = 0 drops nothing, p = 1 drops everything (and gives zeros, not NaN)"""
    x, upstream = inputs(draw, 13, 7), inputs(draw, 13, 7)
    result = vjp(student.dropout, x, up=upstream, p=p, training=True, generator=draw.generator())
    agree(result["value"], (1 - p) * x)
    if p == 0:
        agree(result["gradient"], [upstream])


@points(1)
@pytest.mark.parametrize("p", [0.5, 1.0])
def test_evaluation(student, draw, p):
    """In evaluation the input comes back as it is, and so does the gradient"""
    x, upstream = inputs(draw, 13, 7), inputs(draw, 13, 7)
    result = vjp(student.dropout, x, up=upstream, p=p, training=False, generator=draw.generator())
    agree(result["value"], x)
    agree(result["gradient"], [upstream])


@points(2)
def test_generator(student, draw):
    """All chance comes from the generator: it decides the masks, every call draws afresh, and nothing else is touched"""
    x, generator = inputs(draw, 101, 101), draw.generator()
    (first, second), after, undisturbed = two_calls(student, x, 0.5, generator, unrelated_seed=1)
    for output in (first, second):
        survivors(output, x, 0.5)
    (again, _), _, _ = two_calls(student, x, 0.5, generator, unrelated_seed=2)
    settle(again, x)
    (other, _), _, _ = two_calls(student, x, 0.5, draw.generator(), unrelated_seed=1)
    settle(other, x)
    assert torch.equal(first, again), "the same generator, in the same state, gave another mask"
    assert not torch.equal(first, second), "two calls in a row dropped the same entries"
    assert not torch.equal(first, other), "two different generators gave the same mask"
    assert after == undisturbed, "the global random state has moved"
