"""Misconceptions as texts: edits of the solution, or definitions that replace it."""

from __future__ import annotations

import pytest

from torchstone.errors import CourseFault
from torchstone.judge import edit, misconception
from torchstone.judge.misconceptions import Misconception, named
from torchstone.model import Cell, Program

SOLUTION = Program("week01", (Cell("e", 1, "def f(x):\n    return x + 1\n"), Cell("d", 2, "def g(x): return x + 1\n")))


def test_an_edit_changes_its_own_cell_only() -> None:
    m = misconception("e", edit("x + 1", "x - 1", "def f", "def f"), "Which sign?", name="minus")
    assert [c.source for c in m.program(SOLUTION).cells] == ["def f(x):\n    return x - 1\n", SOLUTION.cells[1].source]
    assert m.program(SOLUTION).assignment == "week01"


@pytest.mark.parametrize(("old", "times"), [("y", 0), ("x", 2)])
def test_an_edit_must_hit_once(old: str, times: int) -> None:
    with pytest.raises(CourseFault, match=f"occurs {times} times"):
        misconception("e", edit(old, "z"), "Hint", name="m").program(SOLUTION)


def test_an_unknown_cell_is_the_courses_fault() -> None:
    with pytest.raises(CourseFault, match="no cell called z"):
        misconception("z", edit("x", "y"), "Hint", name="m").program(SOLUTION)


def test_edit_takes_pairs() -> None:
    for odd in ((), ("a",), ("a", "b", "c")):
        with pytest.raises(TypeError, match="pairs"):
            edit(*odd)


def test_definitions_replace_the_solutions() -> None:
    @misconception("e", link="https://d2l.ai")
    def wrong_sign():
        """Which sign?"""

        def f(x):
            return x - 1  # a comment

    (m,) = named({"wrong_sign": wrong_sign, "other": 3})
    assert (m.name, m.hint, m.link) == ("wrong sign", "Which sign?", "https://d2l.ai")
    space: dict[str, object] = {}
    exec(m.program(SOLUTION).cells[0].source, space)
    assert space["f"](3) == 2  # type: ignore[operator]


def test_a_name_comes_from_the_module_unless_it_is_given() -> None:
    a = misconception("e", edit("x + 1", "x"), "Hint")
    b = misconception("e", edit("x + 1", "x"), "Hint", name="a shorter name")
    assert [m.name for m in named({"one_word": a, "two": b})] == ["one word", "a shorter name"]


def test_a_hint_is_needed() -> None:
    with pytest.raises(CourseFault, match="no hint"):
        named({"m": Misconception("e", edit("x + 1", "x"), "")})
    with pytest.raises(TypeError, match="needs a docstring"):

        @misconception("e")
        def nothing_said():
            def f(x):
                return x
