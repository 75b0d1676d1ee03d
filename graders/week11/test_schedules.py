"""schedules: learning rates as functions of the step, at and around every boundary, asked in any order."""

import pytest

from torchstone.judge import agree, exercise, points, scenario

# Numbers go in and numbers come out: there is nothing to present in float64, with strides or on an accelerator.
pytestmark = exercise("schedules", worlds=["float32"])


@scenario
def rates(code, schedule, steps, *arguments, **options):
    return [getattr(code, schedule)(step, *arguments, **options) for step in steps]


def in_disorder(last):
    """Every step up to `last`, in an order in which none follows its predecessor."""
    steps = list(range(last + 1))
    return [*steps[1::2][::-1], *steps[0::2]]


@points(2)
@pytest.mark.parametrize("warmup, end", [(5, 23), (1, 7), (4, 8)])
def test_warmup_cosine(student, draw, warmup, end):
    """warmup_cosine: every step of the way, from the first rate to the last"""
    base, final, begin = draw.number(0.5, 1.0), draw.number(0.1, 0.2), draw.number(0.25, 0.4)
    agree(rates(student, "warmup_cosine", in_disorder(end - 1), end, base, final, warmup, begin))


@points(1)
@pytest.mark.parametrize("warmup, end", [(5, 23), (1, 2), (3, 11)])
def test_boundaries(student, draw, warmup, end):
    """warmup_cosine: at step 0, where the warm-up ends, at max_update, and long after"""
    base, final, begin = draw.number(0.5, 1.0), draw.number(0.1, 0.2), draw.number(0.25, 0.4)
    at = [0, warmup - 1, warmup, warmup + 1, end - 1, end, end + 1, 10 * end]
    agree(rates(student, "warmup_cosine", at, end, base, final, warmup_steps=warmup, warmup_begin_lr=begin))


@points(1)
@pytest.mark.parametrize("end", [7, 16])
def test_defaults(student, draw, end):
    """warmup_cosine: without warm-up, and down to 0, if nothing else is said; a warm-up begins at 0"""
    base = draw.number(0.5, 1.0)
    agree(rates(student, "warmup_cosine", in_disorder(end + 2), end, base))
    agree(rates(student, "warmup_cosine", in_disorder(end + 2), end, base, warmup_steps=3))


@points(1)
@pytest.mark.parametrize("warmup, end", [(4, 4), (9, 5), (0, 0), (3, 0)])
def test_nothing_but_warmup(student, draw, warmup, end):
    """warmup_cosine: a warm-up that lasts to the end or beyond it, and a schedule of no steps"""
    base, final = draw.number(0.5, 1.0), draw.number(0.1, 0.2)
    agree(rates(student, "warmup_cosine", in_disorder(12), end, base, final, warmup))


@points(2)
@pytest.mark.parametrize("milestones, gamma", [([3, 7, 13], 0.5), ([2], 0.1), ([], 0.5)])
def test_multistep(student, draw, milestones, gamma):
    """multistep: every step before, at, between and after the milestones"""
    agree(rates(student, "multistep", in_disorder(20), draw.number(0.5, 1.0), milestones, gamma))


@points(1)
@pytest.mark.parametrize("milestones", [[11, 2, 5], [4, 4, 9], [0, 3]])
def test_unusual_milestones(student, draw, milestones):
    """multistep: milestones out of order, one that is listed twice, one at step 0; gamma is 0.1 if nothing is said"""
    agree(rates(student, "multistep", in_disorder(14), draw.number(0.5, 1.0), milestones))
