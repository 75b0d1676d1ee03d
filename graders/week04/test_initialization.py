"""initialization: Xavier's uniform and Kaiming's normal, in place, from an explicit generator.

How the generator is used is free (rand, randn, uniform_, any order), so nothing is replayed: the values are judged as a
sample of n ≥ 22,900. With σ the standard deviation asked for, right code fails

- the distribution function, off by 0.028 or more anywhere: with probability at most 2·exp(−2·n·0.028²) ≤ 1e-15
  (Dvoretzky, Kiefer, Wolfowitz; Massart's constant, 1990);
- the spread, off by 5 % or more, so that it does not round to 1.0: at most 2·exp(−n·0.0975²/4) ≤ 1e-23
  (χ² with n degrees of freedom: Laurent and Massart, 2000; smaller still for the uniform);
- the mean, off by 0.05 σ or more: at most 2·exp(−n·0.05²/2) ≤ 8e-13 (both distributions are sub-Gaussian with σ²);
- repetition, one value in ten: never, since of n among the 2²⁴ values of a float32 `rand` about n²/2²⁵ = 16 repeat.

A grading makes 40 of each comparison (probes × worlds): right code fails with a probability below FALSE_FAILURE.

The two distributions of one variance are 0.057 apart: one taken for the other passes with a probability below
exp(−2·n·(0.057 − 0.028)²) ≤ 2e-17.
"""

import math

import numpy as np
import pytest
import torch

from torchstone.judge import agree, exercise, points, scenario

pytestmark = exercise(
    "initialization",
    accelerator=1,
    forbidden=[
        "torch.nn.init.xavier_uniform_",
        "torch.nn.init.xavier_normal_",
        "torch.nn.init.kaiming_uniform_",
        "torch.nn.init.kaiming_normal_",
    ],
)
matrices = pytest.mark.parametrize("shape", [(109, 211), (211, 109), (152, 152)])
KERNELS = [(23, 12, 7, 12), (12, 23, 12, 7)]

FALSE_FAILURE = 1e-10  # of right code, in a grading
FARTHEST = 0.028  # between the distribution of the values and the true one


def fans(shape):
    """fan_in and fan_out of a weight [out, in] or [out, in, height, width]."""
    out, into, *window = shape
    return into * math.prod(window), out * math.prod(window)


def xavier(shape):
    """Standard deviation and distribution function of U(−a, a), a = √(6 / (fan_in + fan_out))."""
    a = math.sqrt(6 / sum(fans(shape)))
    return a / math.sqrt(3), lambda t: ((t + a) / (2 * a)).clamp(0, 1)


def kaiming(shape):
    """Standard deviation and distribution function of N(0, 2 / fan_in)."""
    std = math.sqrt(2 / fans(shape)[0])
    return std, lambda t: torch.special.ndtr(t / std)


def settle(got, like):
    """Type, shape and dtype first: what follows may then be computed with."""
    agree(torch.zeros_like(got) if isinstance(got, torch.Tensor) else got, torch.zeros_like(like))


def has_distribution(values, std, distribution):
    """Every value is a draw of its own from this distribution."""
    relative = values.double() / std
    moments = {
        "spread, relative to the one asked for": round(relative.square().mean().sqrt().item(), 1),
        "mean, in standard deviations": round(relative.mean().item(), 1),
    }
    agree(moments, dict(zip(moments, (1.0, 0.0), strict=True)))
    ordered = torch.from_numpy(np.sort(values.flatten().numpy())).double()  # a sort four times as fast as torch's
    assert (ordered.diff() > 0).double().mean() > 0.9, "many of the values are repeated"
    steps = torch.arange(len(ordered) + 1) / len(ordered)
    height = distribution(ordered)
    gap = torch.maximum((height - steps[:-1]).abs(), (height - steps[1:]).abs()).max().item()
    assert gap < FARTHEST, f"the values have another distribution: its function is off by up to {gap:.2f}"


@scenario
def fill_in(code, rule, t, generator):
    """The tensor that comes back, and the one that was given, afterwards: a parameter, to be trained."""
    returned = getattr(code, rule)(t.requires_grad_(), generator)
    return returned, t


@scenario
def two_fillings(code, rule, t, generator, unrelated_seed):
    """Two calls in a row, the global random state being somewhere unrelated; and what that state gives afterwards."""
    torch.manual_seed(unrelated_seed)
    fillings = [getattr(code, rule)(t.clone(), generator) for _ in range(2)]
    afterwards = torch.rand(8).tolist()
    torch.manual_seed(unrelated_seed)
    return fillings, afterwards, torch.rand(8).tolist()


@points(2)
@matrices
def test_xavier(student, draw, shape):
    """xavier_: uniform on (−a, a), with a from fan_in and fan_out"""
    t = draw(*shape)
    returned, _ = fill_in(student, "xavier_", t, draw.generator())
    settle(returned, t)
    has_distribution(returned, *xavier(shape))


@points(2)
@matrices
def test_kaiming(student, draw, shape):
    """kaiming_: normal with mean 0, and the standard deviation from fan_in"""
    t = draw(*shape)
    returned, _ = fill_in(student, "kaiming_", t, draw.generator())
    settle(returned, t)
    has_distribution(returned, *kaiming(shape))


@points(1)
@pytest.mark.parametrize("rule", ["xavier_", "kaiming_"])
@pytest.mark.parametrize("shape", KERNELS)
def test_convolutions(student, draw, rule, shape):
    """For the weight of a convolution, the window counts in both fans"""
    t = draw(*shape)
    returned, _ = fill_in(student, rule, t, draw.generator())
    settle(returned, t)
    has_distribution(returned, *(xavier(shape) if rule == "xavier_" else kaiming(shape)))


@points(1)
@pytest.mark.parametrize("rule", ["xavier_", "kaiming_"])
@pytest.mark.parametrize("shape", [(13, 7), (1, 3), (5, 3, 2, 4)])
def test_in_place(student, draw, rule, shape):
    """The tensor that was given is filled, and returned"""
    t = draw(*shape)
    returned, given = fill_in(student, rule, t, draw.generator())
    settle(given, t)
    settle(returned, t)
    assert not torch.equal(given, t), "the tensor that was given still has its old values"
    assert len(given.unique()) > 1, "the tensor that was given holds one and the same value everywhere"
    assert torch.equal(returned, given), "the tensor that came back differs from the one that was given"


@points(1)
@pytest.mark.parametrize("rule", ["xavier_", "kaiming_"])
def test_generator(student, draw, rule):
    """All chance comes from the generator: it decides the values, each call draws afresh, nothing else is touched"""
    t, generator = draw(13, 7), draw.generator()
    (first, second), after, undisturbed = two_fillings(student, rule, t, generator, unrelated_seed=1)
    (again, _), _, _ = two_fillings(student, rule, t, generator, unrelated_seed=2)
    (other, _), _, _ = two_fillings(student, rule, t, draw.generator(), unrelated_seed=1)
    for filled in (first, second, again, other):
        settle(filled, t)
    assert torch.equal(first, again), "the same generator, in the same state, gave other values"
    assert not torch.equal(first, second), "two calls in a row gave the same values"
    assert not torch.equal(first, other), "two different generators gave the same values"
    assert after == undisturbed, "the global random state has moved"
