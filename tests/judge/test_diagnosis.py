"""A misconception is named where it explains every probe, and nothing is said in doubt."""

from __future__ import annotations

import json
from typing import Any

import pytest

from torchstone.feedback.page import student_page
from torchstone.gradebook.cell_report import cell_report
from torchstone.gradebook.grading import ClassReport, Row
from torchstone.gradebook.report_json import report_json
from torchstone.gradebook.scoring import CellScore
from torchstone.model import ExerciseScore, Hint, StudentReport
from torchstone.results.summary import summary

Bench = Any  # the fixture of conftest.py

GRADER = """
    @points(1)
    @pytest.mark.parametrize("n", [3, 5])
    def test_mean(student, draw, n):
        \"\"\"The mean of every column\"\"\"
        agree(vjp(student.mean, draw(n, 2), up=draw(2)))

    @points(1)
    def test_order(student, draw):
        \"\"\"The order\"\"\"
        assert student.order(draw(9)).dtype is torch.int64, "indices are integers"
        agree(student.order(draw(9)))
    """
SOLUTION = """
    # %% e
    import torch
    def mean(x): return x.mean(0)
    def order(x): return x.argsort()
    """
MISCONCEPTIONS = """
    from torchstone.judge import edit, misconception
    sum_for_mean = misconception("e", edit("x.mean(0)", "x.sum(0)"), "Divided by what?", link="https://d2l.ai")
    wrong_axis = misconception("e", edit("x.mean(0)", "x.mean(1)"), "Which axis?")
    descending = misconception("e", edit("x.argsort()", "x.argsort(descending=True)"), "Smallest first, or last?")
    raises = misconception("e", edit("x.mean(0)", "x.mean(7)"), "How many axes are there?")
    ends = misconception("e", edit("x.argsort()", "__import__('os')._exit(0)"), "Where does it end?")
    loops = misconception("e", edit("x.argsort()", "[i for i in iter(int, 1)]"), "Does it ever end?")
    on_the_cpu = misconception("e", edit("x.mean(0)", "x.cpu().mean(0)"), "Where is the result?")

    @misconception("e")
    def floats_for_indices():
        \"\"\"Of what type is an index?\"\"\"
        def order(x): return x.argsort().double()
    """


@pytest.fixture
def hints(bench: Bench) -> Any:
    def name(
        mean: str = "x.mean(0)", order: str = "x.argsort()", misconceptions: str = MISCONCEPTIONS
    ) -> dict[str, Hint]:
        bench.week(GRADER, misconceptions=misconceptions)
        submission = f"# %% e\nimport torch, os\ndef mean(x): return {mean}\ndef order(x): return {order}\n"
        checks = bench.checks(bench.grade(submission, SOLUTION, bench.everywhere))
        return {name: c.verdict.hint for name, c in checks.items() if c.verdict and c.verdict.hint}

    return name


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"mean": "torch.ones(len(x), dtype=x.dtype, device=x.device) @ x"}, {"mean": "sum for mean"}),
        ({"mean": "x.sum(1) / 2"}, {"mean": "wrong axis"}),
        ({"mean": "x.mean(0) + x.shape[9]"}, {"mean": "raises"}),  # an exception of the same type
        ({"order": "(-x).argsort()"}, {"order": "descending"}),
        ({"order": "os._exit(1)"}, {"order": "ends"}),
        ({"order": "[None for _ in iter(int, 1)]"}, {"order": "loops"}),
        ({"order": "x.argsort().float()"}, {"order": "floats for indices"}),  # the same assertion failed
        ({"mean": "x.mean(0).cpu()"}, {"accelerator": "on the cpu"}),
        ({"mean": "x.sum(0)", "order": "(-x).argsort()"}, {"mean": "sum for mean", "order": "descending"}),
        ({"mean": "None"}, {"mean": "nothing is returned"}),
        ({"mean": "x.mean(0) + 1e-3"}, {}),
        ({"mean": "x.sum(0) / 3"}, {}),  # right for n = 3, so it is not the sum
        ({"mean": "x.sum(0) if len(x) == 3 else x.mean(0)"}, {}),  # explained on one probe only
        ({}, {}),
    ],
)
def test_who_is_named(hints: Any, wrong: dict[str, str], named: dict[str, str]) -> None:
    assert {check: hint.name for check, hint in hints(**wrong).items()} == named


def test_a_hint_has_the_authors_words(hints: Any) -> None:
    assert hints(mean="x.sum(0)")["mean"] == Hint("sum for mean", "Divided by what?", "https://d2l.ai")


TWINS = """
    from torchstone.judge import edit, misconception
    first = misconception("e", edit("x.mean(0)", "x.sum(0)"), "Divided by what?")
    second = misconception("e", edit("x.mean(0)", "x.mean(0) * len(x)"), {hint!r})
    """


def test_what_cannot_be_told_apart_needs_one_wording(hints: Any) -> None:
    assert (
        hints(mean="x.sum(0)", misconceptions=TWINS.format(hint="Divided by what?"))["mean"].text == "Divided by what?"
    )
    hypothesis = hints(mean="x.sum(0)", misconceptions=TWINS.format(hint="Something else"))["mean"]
    assert hypothesis.name == "a sum for a mean over the batch"


def test_who_explains_more_of_the_exercise_is_preferred(hints: Any) -> None:
    both = """
        from torchstone.judge import edit, misconception
        mean_only = misconception("e", edit("x.mean(0)", "x.sum(0)"), "One thing")
        both = misconception("e", edit("x.mean(0)", "x.sum(0)", "x.argsort()", "(-x).argsort()"), "Two things")
        """
    got = hints(mean="x.sum(0)", order="(-x).argsort()", misconceptions=both)
    assert {check: hint.name for check, hint in got.items()} == {"mean": "both", "order": "both"}


# ---- hypotheses that come with the framework ------------------------------------------------------------------------

WIDE = """
    @points(1)
    @pytest.mark.parametrize("n, d", [(1, 4), (6, 3), (5, 5)])
    def test_mean(student, draw, n, d):
        \"\"\"The mean of every column\"\"\"
        agree(vjp(student.mean, draw(n, d), up=draw(d)))

    @points(1)
    def test_twice(student, draw):
        \"\"\"Twice in a row\"\"\"
        agree(student.spread(draw(5, 4)))
        agree(student.spread(draw(4, 3)))

    @points(1)
    def test_large(student, draw):
        \"\"\"Large values\"\"\"
        x = draw(3, 4)
        x[1, 2] = 300
        agree(student.soft(x))
    """
WIDE_SOLUTION = """
    # %% e
    import torch
    def mean(x): return x.mean(0)
    def spread(x): return x.std(0)
    def soft(x): return x.softmax(1)
    """
RIGHT = {"mean": "x.mean(0)", "spread": "x.std(0)", "soft": "x.softmax(1)"}


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"mean": "x.sum(0)"}, {"mean": "a sum for a mean over the batch"}),
        ({"mean": "-x.mean(0)"}, {"mean": "negated"}),
        ({"mean": "x.mean(0).detach()"}, {"mean": "detached"}),
        ({"mean": "x[0]"}, {"mean": "right for a batch of one only"}),
        ({"mean": "(x * 1e30 * 1e30 / 1e30 / 1e30).mean(0)"}, {"mean": "right in float64 only"}),
        (
            {"mean": "x.reshape(-1).as_strided(x.shape, x.stride()).mean(0)"},
            {"mean": "right for contiguous inputs only"},
        ),
        ({"mean": "x.double().mean(0)"}, {"mean": "another dtype"}),
        ({"mean": "None"}, {"mean": "nothing is returned"}),
        ({"mean": "x.mean(0).pow(2)"}, {}),
        ({"spread": "x.add_(1).std(0)"}, {"twice": "an input is changed"}),
        (
            {"spread": "(calls.append(1), x.std(0) * 1.3 ** (len(calls) - 1))[1]"},
            {"twice": "right on the first step only"},
        ),
        ({"spread": "x.std(0) + 0.25"}, {"twice": "off by a constant"}),
        ({"soft": "x.exp() / x.exp().sum(1, True)"}, {"large": "overflow"}),
        ({"mean": "1 / 0"}, {}),
    ],
)
def test_generic_hypotheses(bench: Bench, wrong: dict[str, str], named: dict[str, str]) -> None:
    bench.week(WIDE)
    bodies = "".join(f"def {name}(x): return {body}\n" for name, body in {**RIGHT, **wrong}.items())
    checks = bench.checks(bench.grade(f"# %% e\nimport torch\ncalls = []\n{bodies}", WIDE_SOLUTION))
    assert {name: c.verdict.hint.name for name, c in checks.items() if c.verdict and c.verdict.hint} == named


def test_an_authors_misconception_comes_before_a_hypothesis(hints: Any) -> None:
    assert hints(mean="x.sum(0)")["mean"].name == "sum for mean"
    assert hints(mean="-x.mean(0)")["mean"].name == "negated"


# ---- from the result to the page ------------------------------------------------------------------------------------


@pytest.fixture
def reported(bench: Bench) -> Any:
    """What a student's page, a terminal and other programs are told of a wrong answer."""

    def report(mean: str, misconceptions: str = MISCONCEPTIONS) -> tuple[str, dict[str, Any], str]:
        bench.week(WIDE, misconceptions=misconceptions)
        solution = WIDE_SOLUTION + "def order(x): return x.argsort()\n"
        bodies = "".join(f"def {name}(x): return {body}\n" for name, body in {**RIGHT, "mean": mean}.items())
        result = bench.grade(f"# %% e\nimport torch\ndef order(x): return x.argsort()\n{bodies}", solution)
        score = ExerciseScore("e", "E", result.earned, None, result.points)
        page = StudentReport("s1", "S", "week01", "W", result, (), (score,), None, None, result.earned, result.points)
        rows = (Row("s1", result.key, summary(result), ()),)
        told = json.loads("".join(report_json(ClassReport("week01", rows), lambda key: result)))
        (check, *_) = told["students"]["s1"]["exercises"]["e"]["checks"]
        cell = cell_report(CellScore(result.earned, result.exercises[0]), result.points, None)
        return student_page(page), check, cell

    return report


def test_a_misconception_reaches_the_page_the_notebook_and_json(reported: Any) -> None:
    page, check, cell = reported("x.sum(0)")
    assert check["diagnosis"] == {"name": "sum for mean", "text": "Divided by what?", "link": "https://d2l.ai"}
    assert "Divided by what?" in page
    assert 'href="https://d2l.ai"' in page
    assert "sum for mean" not in page, "the name says what is wrong: it is for staff"
    assert 'Divided by what? <a href="https://d2l.ai">' in cell


def test_a_hypothesis_points_to_the_section_of_its_exercise(reported: Any) -> None:
    page, check, cell = reported("-x.mean(0)")
    assert check["diagnosis"]["name"] == "negated"
    assert check["diagnosis"]["link"] == "#e"
    assert "which difference is taken" in page
    assert "section on <code>e</code>" in page
    assert '<a href="#e">' in cell


def test_where_nothing_fits_the_evidence_stands_alone(reported: Any) -> None:
    page, check, _ = reported("x.mean(0).pow(2)")
    assert check["diagnosis"] is None
    assert "No known pattern fits" in page
    assert "the worst, at [" in page
    assert "<summary>A hint</summary>" not in page


def test_without_a_diagnosis_nothing_is_said_of_patterns(bench: Bench) -> None:
    bench.week(WIDE)
    handed_in = bench.program("# %% e\ndef mean(x): return x * 0\n")
    result = bench.judge(bench.cpu_only).grade(handed_in, bench.program(WIDE_SOLUTION))
    page = StudentReport("s1", "S", "week01", "W", result, (), (ExerciseScore("e", "E", 0, None, 3),), None, None, 0, 3)
    assert "pattern" not in student_page(page)


def test_a_fault_in_a_hypothesis_costs_the_hint_only(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> None:
        raise RuntimeError("a bug of ours")

    monkeypatch.setattr("torchstone.judge.diagnosis.explain", broken)
    bench.week(WIDE)
    bodies = "".join(f"def {name}(x): return {body}\n" for name, body in {**RIGHT, "mean": "-x.mean(0)"}.items())
    result = bench.grade(f"# %% e\nimport torch\n{bodies}", WIDE_SOLUTION)
    assert result.diagnosed
    assert result.earned == 2
    assert all(c.verdict is None or c.verdict.hint is None for c in bench.checks(result).values())
