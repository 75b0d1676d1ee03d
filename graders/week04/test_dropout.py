"""dropout: inverted dropout with an explicit generator.

Which entries fall is the student's choice of sampler (rand, bernoulli, any layout, any comparison), so nothing is
replayed: the checks are properties that hold for every right use of the generator, up to a probability worked out here.

Shares of zeros are compared to one digit. Among N entries such a share misses p by 0.05 or more with probability at
most 2·exp(−2·N·0.05²) (Hoeffding, 1963): 9e-18 for N ≥ 8,000; in evaluation right code has no zero at all. Neighbours
along an axis have the same fate half of the time at p = ½, and are independent fair coins too; their share is told as
none, half or all, so that right code misses with probability below 1e-300. A grading makes fewer than 60 such
comparisons (probes × worlds): right code fails with a probability below FALSE_FAILURE.

Told so coarsely, a wrong mask gives the same number whatever sampler it came from, and can be recognised: one coin for
each of 63 neighbours is told as half, but for one draw in 10,000. Points do not depend on the draw either: three coins
for three examples never come near a share of 0.2 or 0.5, and 4,001 coins for all of them miss it once in 10⁹ draws.
"""

import pytest
import torch

from torchstone.judge import agree, exercise, points, scenario, vjp

pytestmark = exercise(
    "dropout", accelerator=1, forbidden=["torch.nn.functional.dropout", "torch.nn.Dropout", "torch.dropout"]
)

FALSE_FAILURE = 1e-15  # of right code, in a grading


def inputs(draw, *shape):
    """Entries of both signs, none of them near zero: a zero in the output was dropped."""
    sign = 2 * draw.integers(*shape, low=0, high=2) - 1
    return draw.uniform(*shape, low=0.5, high=2.0) * sign


def settle(got, like):
    """Type, shape and dtype first: what follows may then be computed with."""
    agree(torch.zeros_like(got) if isinstance(got, torch.Tensor) else got, torch.zeros_like(like))


def share(mask):
    """The share of entries that are True, to one digit."""
    return round(mask.double().mean().item(), 1)


def alike(one, other):
    """Do neighbours have the same fate? Never 0, half of them 0.5, all of them 1."""
    return round(2 * (one == other).double().mean().item()) / 2


def survivors(output, x, p):
    """Which entries came through. A share p of them must not have."""
    settle(output, x)
    kept = output != 0
    agree({"share of the entries that are zero": share(~kept)}, {"share of the entries that are zero": p})
    return kept


@scenario
def two_calls(code, x, p, generator, unrelated_seed):
    """Two calls in a row, the global random state being somewhere unrelated; and what that state gives afterwards."""
    torch.manual_seed(unrelated_seed)
    outputs = [code.dropout(x, p, True, generator) for _ in range(2)]
    afterwards = torch.rand(8).tolist()
    torch.manual_seed(unrelated_seed)
    return outputs, afterwards, torch.rand(8).tolist()


@points(2)
@pytest.mark.parametrize("p, shape", [(0.2, (3, 4001)), (0.5, (3, 4001)), (0.7, (1, 8009))])
def test_rescaled(student, draw, p, shape):
    """In training a share p is dropped, and what survives is rescaled, so that evaluation needs no rescaling"""
    x, generator = inputs(draw, *shape), draw.generator()
    output = student.dropout(x, p=p, training=True, generator=generator)
    in_evaluation = student.dropout(x, p=p, training=False, generator=generator)
    kept = survivors(output, x, p)
    settle(in_evaluation, x)
    factors = (output / x)[kept]
    agree(
        {
            "smallest factor of a survivor": factors.min(),
            "largest factor of a survivor": factors.max(),
            "mean factor in evaluation": round((in_evaluation / x).mean().item(), 1),
        },
        {
            "smallest factor of a survivor": torch.full_like(x[0, 0], 1 / (1 - p)),
            "largest factor of a survivor": torch.full_like(x[0, 0], 1 / (1 - p)),
            "mean factor in evaluation": 1.0,
        },
    )


@points(1)
@pytest.mark.parametrize("shape", [(96, 97), (64, 8, 41)])
def test_each_entry(student, draw, shape):
    """Every entry has a coin of its own: no two rows, columns or examples share a mask"""
    x = inputs(draw, *shape)
    output = student.dropout(x, p=0.5, training=True, generator=draw.generator())
    settle(output, x)
    kept = output != 0
    fates = {
        f"share of neighbours along axis {axis} that have the same fate": alike(
            kept.narrow(axis, 0, length - 1), kept.narrow(axis, 1, length - 1)
        )
        for axis, length in enumerate(shape)
    }
    agree(fates, dict.fromkeys(fates, 0.5))


@points(2)
@pytest.mark.parametrize("p, shape", [(0.3, (1, 8009)), (0.5, (3, 4001))])
def test_gradient(student, draw, p, shape):
    """The gradient passes where the value passed, by the same factor"""
    x, upstream = inputs(draw, *shape), inputs(draw, *shape)
    result = vjp(student.dropout, x, up=upstream, p=p, training=True, generator=draw.generator())
    output, (gradient,) = result["value"], result["gradient"]
    kept = survivors(output, x, p)
    settle(gradient, x)
    passed = {"share of the survivors": share(gradient[kept] != 0), "share of the dropped": share(gradient[~kept] != 0)}
    agree(
        {"where a gradient arrives": passed}, {"where a gradient arrives": dict(zip(passed, (1.0, 0.0), strict=True))}
    )
    assert torch.equal(gradient != 0, kept), "the gradient does not pass exactly where the value passed"
    relative = (gradient / upstream)[kept] / (output / x)[kept]
    agree(
        {"smallest factor, relative to the value's": relative.min(), "largest": relative.max()},
        {"smallest factor, relative to the value's": torch.ones_like(x[0, 0]), "largest": torch.ones_like(x[0, 0])},
    )


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
    """In evaluation, unlike in training, the input comes back as it is, and so does the gradient"""
    x, upstream, generator = inputs(draw, 41, 101), inputs(draw, 41, 101), draw.generator()
    result = vjp(student.dropout, x, up=upstream, p=p, training=False, generator=generator)
    settle(result["value"], x)
    agree(
        {"share of the entries that are zero": share(result["value"] == 0)}, {"share of the entries that are zero": 0.0}
    )
    agree(result["value"], x)
    agree(result["gradient"], [upstream])
    in_training = student.dropout(x, p=p, training=True, generator=generator)
    settle(in_training, x)
    assert (in_training == 0).any(), "nothing is dropped in training either"


@points(2)
def test_generator(student, draw):
    """All chance comes from the generator: it decides the masks, each call draws afresh, nothing else is touched"""
    x, generator = inputs(draw, 3, 4001), draw.generator()
    (first, second), after, undisturbed = two_calls(student, x, 0.5, generator, unrelated_seed=1)
    (again, _), _, _ = two_calls(student, x, 0.5, generator, unrelated_seed=2)
    (other, _), _, _ = two_calls(student, x, 0.5, draw.generator(), unrelated_seed=1)
    for output in (first, second, again, other):
        survivors(output, x, 0.5)
    assert torch.equal(first, again), "the same generator, in the same state, gave another mask"
    assert not torch.equal(first, second), "two calls in a row dropped the same entries"
    assert not torch.equal(first, other), "two different generators gave the same mask"
    assert after == undisturbed, "the global random state has moved"
