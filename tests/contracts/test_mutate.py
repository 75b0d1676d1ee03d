"""`torchstone week mutate`: what survives is told, what is said to be equivalent is tried, what is known is kept."""

from __future__ import annotations

import pytest

from torchstone import config
from torchstone.contracts.mutate import mutate_week

WEEK = "week15"
GRADIENTS = "    agree(student.linear_backward(draw(n, k), draw(n, d), draw(d, k)), scale=OPERANDS)"
WEIGHTS_ONLY = "    agree(student.linear_backward(draw(n, k), draw(n, d), draw(d, k))['W'], scale=OPERANDS)"
CLAIM = '[[equivalent]]\nexercise = "linear"\nfunction = "{}"\nbefore = "{}"\nafter = "{}"\nreason = "said"\n'


@pytest.mark.slow
def test_survivors_are_told_and_what_is_known_is_not_tried_again(course: config.Course):
    first = mutate_week(course, WEEK, jobs=1)
    assert first.holds
    (fate,) = first.fates
    assert (fate.tried, fate.known) == (first.total, 0)
    (again,) = mutate_week(course, WEEK, jobs=1).fates
    assert again.tried + again.known == first.total
    assert again.tried < first.total / 4

    grader = course.graders / WEEK / "test_linear.py"
    grader.write_text(grader.read_text().replace(GRADIENTS, WEIGHTS_ONLY))
    spoilt = mutate_week(course, WEEK, jobs=1)
    assert not spoilt.holds
    assert any("upstream.mean(0)" in m.after for m in spoilt.survivors)
    assert not any("X @ W - b" in m.after for m in spoilt.survivors)


@pytest.mark.slow
def test_a_claim_is_tried(course: config.Course):
    claims = course.graders / WEEK / "equivalents.toml"
    claims.write_text(
        CLAIM.format("linear", "return X @ W + b", "return (X @ W - b)")
        + CLAIM.format("linear", "return X @ V + b", "return (X @ V - b)")
    )
    said = mutate_week(course, WEEK, ["linear"], jobs=1).complaints
    assert "it loses points, so it is not: linear, linear: 'return X @ W + b'" in "\n".join(said)
    assert "there is no such mutant any more: linear, linear: 'return X @ V + b'" in "\n".join(said)
    assert "2 of the week's" in "\n".join(said)
