"""The proofs, proved: a week that holds, and what is said of it once one thing in it is spoilt."""

from __future__ import annotations

import pytest

from torchstone import config
from torchstone.contracts.bench import Bench
from torchstone.contracts.flakiness import steady
from torchstone.contracts.proofs import HEAVY, PROOFS, prove
from torchstone.contracts.scaffold import scaffold
from torchstone.errors import CourseError, CourseFault

WEEK = "week15"
VALUES = "    agree(student.linear(draw(n, d), draw(d, k), draw(k)), scale=OPERANDS)"
GRADIENTS = "    agree(student.linear_backward(draw(n, k), draw(n, d), draw(d, k)), scale=OPERANDS)"


def spoil(course: config.Course, file: str, old: str, new: str) -> None:
    path = course.graders / WEEK / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def complaints(course: config.Course, proof: str) -> str:
    with Bench(course, WEEK) as bench:
        return "\n".join(prove(bench, "linear", proof).complaints)


def test_a_scaffolded_week_holds(course: config.Course):
    with Bench(course, WEEK) as bench:
        found = [prove(bench, "linear", name) for name in PROOFS]
        assert {p.name: p.complaints for p in found} == dict.fromkeys(PROOFS, ())
        assert all(p.tried for p in found if p.name != "rewritten")
        assert steady(bench, "linear", seeds=3).flaky == ()


def test_nothing_is_replaced_by_a_scaffold(course: config.Course):
    with pytest.raises(CourseError, match="is there already"):
        scaffold(course, WEEK)
    with pytest.raises(CourseError, match="called like week15"):
        scaffold(course, "../elsewhere")


ONES = "    agree(student.linear_backward(draw(n, k) * 0 + 1, draw(n, d), draw(d, k)), scale=OPERANDS)"
SAME = "    agree(student.linear(draw(n, d) * 0 + 1, draw(d, k) * 0 + 2, draw(k) * 0))"
SHAPE = "    agree(0 * student.linear(draw(n, d), draw(d, k), draw(k)))"
AXES = "    assert student.linear(draw(n, d), draw(d, k), draw(k)).dim() == 2, 'two axes'"
NOTHING = "    student.linear(draw(n, d), draw(d, k), draw(k))"

SPOILT = {
    "points that differ": ("declaration", "test_linear.py", "@points(3)", "@points(4)", "5 points in the notebook, 6"),
    "a hint that tells": ("declaration", "misconceptions.py", "in which order do they give [d, k]?", ".", "not ask"),
    "an edit that misses": ("declaration", "misconceptions.py", 'edit("X @ W + b"', 'edit("X @ V"', "occurs 0 times"),
    "nothing compared": ("reference", "test_linear.py", VALUES, NOTHING, "compares nothing"),
    "a reference that fails": ("reference", "reference.py", "F.linear(X, W.T, b)", "F.linear(X, W, b)", "fails on the"),
    "a check of axes alone": ("perturbation", "test_linear.py", VALUES, AXES, "although its reference is perturbed"),
    "a check of the shape alone": ("impostors", "test_linear.py", VALUES, SHAPE, "says «zeros»"),
    "inputs that are always the same": (
        "impostors",
        "test_linear.py",
        VALUES,
        SAME,
        "draw its inputs",
    ),
    "a sample without a rate": ("chance", "test_linear.py", VALUES, f"    draw.generator()\n{VALUES}", "state FALSE_F"),
    "an upstream gradient of ones": ("cotangents", "test_linear.py", GRADIENTS, ONES, "of equal entries"),
}


@pytest.mark.parametrize("what", SPOILT)
def test_what_is_spoilt_is_named(course: config.Course, what: str):
    proof, file, old, new, words = SPOILT[what]
    spoil(course, file, old, new)
    assert words in complaints(course, proof)


def test_two_alternatives_that_differ_are_asked_for(course: config.Course):
    alternatives = course.graders / WEEK / "alternatives"
    (alternatives / "rows.py").unlink()
    assert "1 alternatives; write at least 2 into alternatives/*.py (`# %% linear`)" in complaints(
        course, "declaration"
    )
    twin = (alternatives / "einsum.py").read_text().replace("upstream", "up").replace("X", "inputs")
    (alternatives / "twin.py").write_text(twin.replace('"inputs"', '"X"'))
    assert "the alternative twin is the alternative einsum under other names" in complaints(course, "declaration")


def test_a_complaint_is_accepted_with_a_reason_and_only_while_it_is_made(course: config.Course):
    spoil(course, "test_linear.py", VALUES, SHAPE)
    path = course.graders / WEEK / "allowances.toml"
    row = '[[allowed]]\nexercise = "linear"\nproof = "impostors"\nsays = "{}"\nreason = "{}"\n'
    path.write_text(row.format("test_value is passed by an impostor", "the shape is all that is asked for here"))
    assert complaints(course, "impostors") == ""
    path.write_text(path.read_text() + row.format("test_gradients is passed", "never said"))
    assert "is not needed any more; remove it" in complaints(course, "impostors")
    path.write_text(row.format("test_value", ""))
    with pytest.raises(CourseFault, match="lacks its reason"):
        complaints(course, "impostors")
    path.write_text(row.replace("impostors", "misconceptions").format("x", "y"))
    with pytest.raises(CourseFault, match="cannot be waived"):
        complaints(course, "misconceptions")


@pytest.mark.slow
def test_what_only_a_jail_shows(course: config.Course):
    assert {"alternatives", "misconceptions", "rewritten"} == HEAVY
    spoil(course, "alternatives/rows.py", "d_b = d_b + up", "d_b = d_b + up / 2")
    assert "the alternative rows earns" in complaints(course, "alternatives")
    weights = "    agree({'W': student.linear_backward(draw(n, k), draw(n, d), draw(d, k))['W']}, scale=OPERANDS)"
    spoil(course, "test_linear.py", GRADIENTS, weights)
    said = complaints(course, "misconceptions")
    assert "«bias gradient is a mean» loses no points" in said
    assert "«weight gradient transposed»" not in said
