"""What passed is remembered; what is remembered changes no result."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from torchstone import wire
from torchstone.judge.draw import WORLDS
from torchstone.judge.passes import Exchange, Passes
from torchstone.judge.probe import Check, Probe
from torchstone.judge.trial import Seen, Trial

GRADER = """
@points(2)
@pytest.mark.parametrize("n", [3, 5])
def test_twice(student, draw, n):
    '''Two questions; the second depends on the first answer'''
    doubled = student.double(draw(n))
    agree(doubled)
    agree(student.add(doubled, draw(n)))

@points(1)
def test_other(student, draw):
    '''One question'''
    agree(student.add(draw(2), draw(2)))
"""
RIGHT = """
# %% e
def double(x):
    return 2 * x

def add(x, y):
    return x + y
"""
OTHERS = {
    "in other words": RIGHT.replace("2 * x", "x + x").replace("x + y", "y + x"),
    "wrong at the second question": RIGHT.replace("x + y", "x - y"),
    "wrong at the first": RIGHT.replace("2 * x", "3 * x"),
    "raises at the second question": RIGHT.replace("return x + y", "raise ValueError('no')"),
    "ends at the second question": RIGHT.replace("return x + y", "import os; os._exit(3)"),
    "right once": RIGHT.replace("return x + y", "global add; del add; return x + y"),
    "changes its input": RIGHT.replace("return x + y", "x += y; return x"),
    "another shape": RIGHT.replace("2 * x", "(2 * x)[None]"),
    "leaves the accelerator": RIGHT.replace("return x + y", "return (x + y).cpu()"),
}


@pytest.fixture
def taught(bench):
    """A judge that has seen the right program pass."""
    bench.week(GRADER, reference=RIGHT)
    judge = bench.judge(bench.everywhere)
    judge.grade(bench.program(RIGHT))
    return judge


@pytest.mark.parametrize("name", OTHERS)
def test_a_result_is_the_same_whoever_passed_before(bench, taught, name):
    program = bench.program(OTHERS[name])
    alone = bench.judge(bench.everywhere)
    told, wanted = (j.diagnose(program, j.grade(program)) for j in (taught, alone))
    assert replace(told, cpu_seconds=0) == replace(wanted, cpu_seconds=0)


def test_a_body_does_not_run_again_for_replies_that_passed(bench, taught, monkeypatch):
    bodies = []
    ran = Trial.run
    monkeypatch.setattr(Trial, "run", lambda self, body, *rest: bodies.append(body) or ran(self, body, *rest))
    result = taught.grade(bench.program(OTHERS["in other words"]))
    assert result.earned == result.points
    assert bodies == []


# ---- the memory itself ----------------------------------------------------------------------------------------------

PROBE = Probe(Check("e", "test_f", "", 1, 0), "", "", WORLDS["float32"], lambda: None, {})


def exchange(x: float) -> Exchange:
    question = wire.pack(("call", ("f", [torch.full((100,), x)], {})))
    return Exchange(question, wire.pack((x,)).digest)


def trial() -> Trial:
    made = Trial()
    made.seen.append(Seen(torch.ones(3), explicit=False, scale=1.0))
    return made


def test_questions_are_recalled_as_long_as_replies_agree():
    passes, (first, second) = Passes(), (exchange(1), exchange(2))
    passes.remember(PROBE, [first, second], trial())
    assert passes.question(PROBE, []) == first.question
    assert passes.question(PROBE, [first.reply]) == second.question
    assert passes.question(PROBE, [second.reply]) is None
    assert passes.trial(PROBE, [first.reply]) is None
    passed = passes.trial(PROBE, [first.reply, second.reply])
    assert passed is not None
    assert passed.trace.count == 1


def test_another_world_is_another_probe():
    passes = Passes()
    passes.remember(PROBE, [exchange(1)], trial())
    assert passes.question(replace(PROBE, world=WORLDS["float64"]), []) is None


def test_memory_is_bounded_and_what_is_in_use_stays():
    passes = Passes(kept=6000)
    for number in range(50):
        probe = replace(PROBE, params=str(number))
        passes.remember(probe, [exchange(number)], trial())
        assert passes.question(replace(PROBE, params="0"), []) is not None
    known = [n for n in range(50) if passes.question(replace(PROBE, params=str(n)), [])]
    assert known[0] == 0
    assert 2 <= len(known) < 10
