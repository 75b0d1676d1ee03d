"""Names that an exercise forbids: blunt use is refused and costs the exercise; what slips by is told to staff alone."""

from __future__ import annotations

from typing import Any

import pytest

from torchstone.judge import exercise

Bench = Any  # the fixture of conftest.py

HEAD = """\
import pytest
import torch

from torchstone.judge import agree, exercise, fill, points, scenario, vjp

pytestmark = exercise("e", accelerator=1, forbidden=["torch.nn.functional.gelu", "torch.optim.*"])
"""
GRADER = '''
@points(2)
def test_gelu(student, draw):
    """GELU"""
    agree(student.gelu(draw(3, 4)))

@scenario
def trained(code, w, x):
    w.requires_grad_()
    optimizer = torch.optim.SGD([w], lr=0.1)
    torch.nn.functional.gelu(code.twice(x * w)).sum().backward()
    optimizer.step()
    return w

@points(1)
def test_twice(student, draw):
    """Twice, in a loop that the check brings along"""
    agree(trained(student, draw(3), draw(3)))
'''
SOLUTION = """
# %% e
import math
import torch
def gelu(x): return x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))
def twice(x): return 2 * x
"""
BLUNT = {
    "by its name": "def gelu(x): return torch.nn.functional.gelu(x)",
    "by an alias": "import torch.nn.functional as F\ndef gelu(x): return F.gelu(x)",
    "imported by name": "from torch.nn.functional import gelu as g\ndef gelu(x): return g(x)",
    "as a layer": "def gelu(x): return torch.nn.GELU()(x)",
    "through getattr": "def gelu(x): return getattr(torch.nn.functional, 'ge' + 'lu')(x)",
    "inside a function of torch": "def gelu(x): return torch.nn.Sequential(torch.nn.GELU())(x)",
    "in a helper elsewhere": """
def gelu(x): return helper(x)
# %% other
def helper(x): return torch.nn.functional.gelu(x)
""",
    "an optimizer": "def gelu(x):\n    torch.optim.Adam([torch.ones(1)])\n    return x",
}
DODGES = {
    "the operation itself": "def gelu(x): return torch.ops.aten.gelu(x)",
    "torch's inner name": "def gelu(x): return torch._C._nn.gelu(x)",
    "kept in a default": "def gelu(x, f=torch.nn.functional.gelu): return f(x)",
    "kept in a closure": "def make(f=torch.nn.functional.gelu):\n    return lambda x: f(x)\ngelu = make()",
    "the refusal caught": """
def gelu(x):
    try:
        return torch.nn.functional.gelu(x)
    except Exception:
        return torch.ops.aten.gelu(x)
""",
}
HONEST = {
    "checked while it is loaded": """
import torch.nn.functional as F
assert (gelu(x := torch.ones(3)) - F.gelu(x)).abs().max() < 1e-6
""",
    "a comparison never called": "def check(x):\n    return torch.nn.functional.gelu(x)",
    "an optimizer of a demonstration": "torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1).step()",
}


def handed_in(text: str) -> str:
    return f"{SOLUTION}\n{text}\n"


@pytest.fixture
def graded(bench: Bench) -> Any:
    bench.week(GRADER, head=HEAD)
    return lambda text: bench.grade(handed_in(text), SOLUTION, bench.everywhere)


@pytest.mark.parametrize("way", BLUNT)
def test_blunt_use_is_refused_and_costs_the_exercise(bench: Bench, graded: Any, way: str) -> None:
    result = graded(BLUNT[way])
    assert result.earned == 0
    checks = bench.checks(result)
    said = bench.said(checks["gelu"])
    assert "`torch." in said
    assert "does what this exercise asks you to write: build it from simpler operations" in said
    assert checks["gelu"].verdict.where is not None
    assert checks["gelu"].verdict.basis == "self-reported"
    assert checks["twice"].verdict.message.startswith(
        "not counted, since the exercise asks for it to be written: `torch."
    )
    assert result.complete


def test_a_mistake_is_named_though_it_was_written_with_a_forbidden_name(bench: Bench) -> None:
    misconceptions = """
from torchstone.judge import edit, misconception
minus = misconception("e", edit("x * 0.5 *", "-x * 0.5 *"), "Which sign has it?")
"""
    bench.week(GRADER, head=HEAD, misconceptions=misconceptions)
    hints = {}
    for way, text in {
        "wrong": "def gelu(x): return -torch.nn.functional.gelu(x)",
        "right": BLUNT["by its name"],
    }.items():
        verdict = bench.checks(bench.grade(handed_in(text), SOLUTION))["gelu"].verdict
        assert "does what this exercise asks you to write" in verdict.message
        hints[way] = verdict.hint.text if verdict.hint else None
    assert hints == {"wrong": "Which sign has it?", "right": None}


@pytest.mark.parametrize("way", DODGES)
def test_a_dodge_is_told_to_staff_and_costs_nothing(bench: Bench, graded: Any, way: str) -> None:
    result = graded(DODGES[way])
    assert result.earned == result.points
    (note,) = [c.staff for c in result.exercises[0].checks if c.staff]
    assert note.startswith("forbidden names (a policy; nothing was taken off): aten::gelu ran")
    assert "cell 1, line " in note


@pytest.mark.parametrize("way", HONEST)
def test_honest_use_elsewhere_costs_nothing(graded: Any, way: str) -> None:
    result = graded(f"# %% mine\n{HONEST[way]}")
    assert result.earned == result.points
    assert [c.staff for c in result.exercises[0].checks if c.staff] == []


def test_a_name_that_is_not_called_is_told_to_staff_alone(graded: Any) -> None:
    result = graded("# %% e\nassert torch.nn.functional.gelu(torch.ones(())) > 0")
    assert result.earned == result.points
    (note,) = [c.staff for c in result.exercises[0].checks if c.staff]
    assert "a forbidden name stands in the answer, and no call of it was seen (cell " in note


def test_an_exercise_without_forbidden_names_lets_everything_run(bench: Bench) -> None:
    bench.week(GRADER)
    result = bench.grade(handed_in(BLUNT["by an alias"]), SOLUTION)
    assert result.earned == result.points


@pytest.mark.parametrize("name", ["torch.nn.functional.gleu", "aten::gleu", "os.fork", "torch.optimizers.*"])
def test_a_name_that_there_is_not_cannot_be_forbidden(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be forbidden"):
        exercise("e", forbidden=[name])


def test_an_operation_is_watched_by_its_own_name_where_another_has_the_functions():
    from torchstone.jail.refusals import operations

    assert operations(["torch.nn.functional.gelu"]) == {"aten::gelu"}
    assert operations(["torch.nn.functional.unfold", "torch.nn.functional.fold"]) == {"aten::im2col", "aten::col2im"}
    assert operations(["torch.Tensor.unfold"]) == {"aten::unfold"}
