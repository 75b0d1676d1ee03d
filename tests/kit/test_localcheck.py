"""A student's notebook, checked on the student's own machine."""

import linecache

import pytest

from torchstone.kit import localcheck
from torchstone.kit.localcheck import LocalCell

CHECK = """
with check.exercise("double"):
    check.that(double(2) == 4, f"double(2) is {double(2)}", why="twice, not squared")
"""
IMPORTS = LocalCell(1, "from torchstone.kit import check", name="setup")


def cells(answer, *before):
    return [
        IMPORTS,
        *before,
        LocalCell(7, answer, name="double"),
        LocalCell(8, CHECK, exercise="double", grade=True, name="double_check"),
    ]


def only(report):
    (result,) = report.results
    return result


def test_a_right_answer_passes():
    report = localcheck.run(cells("def double(x):\n    print('called')\n    return 2 * x"))
    assert report.passed
    assert only(report).status == "passed"
    assert "called" in only(report).output
    assert "✓ double" in only(report).output


def test_a_wrong_answer_fails_with_the_check_s_own_words():
    result = only(localcheck.run(cells("def double(x):\n    return x ** 3")))
    assert result.status == "failed"
    assert result.message == "✗ double: double(2) is 8\n  Why it may be: twice, not squared"


def test_a_stub_is_not_written_yet():
    report = localcheck.run(cells("def double(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"))
    assert only(report).status == "not written"
    assert "not written yet" in only(report).message
    assert not report.passed


def test_a_grade_cell_without_the_helper_sees_stubs_too():
    plain = [
        LocalCell(1, "def f():\n    raise NotImplementedError()"),
        LocalCell(2, "assert f() == 1", "f", grade=True),
    ]
    assert only(localcheck.run(plain)).status == "not written"


def test_an_exception_points_at_the_student_s_cell_and_line():
    result = only(localcheck.run(cells("def double(x):\n    y = x\n    return y.shape")))
    assert (result.where.cell, result.where.line, result.where.code) == ("cell 7", 3, "return y.shape")
    assert "your code raised AttributeError" in result.message
    assert "Where: cell 7, line 3: return y.shape" in result.message


def test_a_broken_cell_does_not_stop_the_rest():
    before = [LocalCell(2, "1 / 0"), LocalCell(3, "def (:"), LocalCell(4, "import sys; sys.exit(3)")]
    report = localcheck.run(cells("def double(x):\n    return 2 * x", *before))
    assert report.passed
    assert [(b.cell, b.line) for b in report.broken] == [("cell 2", 1), ("cell 3", 1), ("cell 4", 1)]
    assert "ZeroDivisionError" in report.broken[0].message


def test_an_answer_cell_that_cannot_run_is_what_its_exercise_reports():
    result = only(localcheck.run(cells("def double(x)\n    return 2 * x")))
    assert result.status == "failed"
    assert "its cell could not run: SyntaxError" in result.message
    assert (result.where.cell, result.where.line, result.where.code) == ("cell 7", 1, "def double(x)")


def test_demonstrations_do_not_run():
    boom = LocalCell(2, "raise SystemError", demonstration=True)
    assert localcheck.run(cells("def double(x):\n    return 2 * x", boom)).broken == ()


def test_only_some_exercises():
    two = [
        IMPORTS,
        LocalCell(2, "a = b = 1"),
        LocalCell(3, "assert a == 1", "a", grade=True),
        LocalCell(4, "assert b == 2", "b", grade=True),
    ]
    assert [r.exercise for r in localcheck.run(two).results] == ["a", "b"]
    assert [r.exercise for r in localcheck.run(two, only="b").results] == ["b"]
    assert [r.status for r in localcheck.run(two, only=["a"]).results] == ["passed"]
    with pytest.raises(ValueError, match="no exercise called c; this notebook has a, b"):
        localcheck.run(two, only="c")


def test_one_namespace_for_all_cells_and_a_new_one_for_each_run():
    first = [LocalCell(1, "value = 1"), LocalCell(2, "assert value == 1", "e", grade=True)]
    second = [LocalCell(1, ""), LocalCell(2, "assert value == 1", "e", grade=True)]
    assert localcheck.run(first).passed
    assert "NameError" in only(localcheck.run(second)).message


def test_magics_are_left_out_and_line_numbers_stay():
    magic = LocalCell(2, "%matplotlib inline\nif True:\n    !pip list\n1 / 0")
    (broken,) = localcheck.run(cells("def double(x):\n    return 2 * x", magic)).broken
    assert broken.line == 4


def test_a_percent_sign_in_a_text_is_no_magic():
    text = LocalCell(2, 'text = """\n% kept\n"""\nassert "% kept" in text')
    assert localcheck.run(cells("def double(x):\n    return 2 * x", text)).broken == ()


def test_an_interrupt_stops_the_run():
    with pytest.raises(KeyboardInterrupt):
        localcheck.run([LocalCell(1, "raise KeyboardInterrupt")])


def test_nothing_to_check_is_not_a_pass():
    assert not localcheck.run([IMPORTS]).passed


def test_cells_of_a_notebook():
    mark = {"grade": False, "grade_id": "double", "solution": True}
    notebook = {
        "cells": [
            {"cell_type": "markdown", "source": "text", "metadata": {}},
            {"cell_type": "code", "source": ["a = 1\n", "b = 2"], "metadata": {"tags": ["demonstration"]}},
            {"cell_type": "code", "source": "def double(x): ...", "metadata": {"nbgrader": mark}},
            {
                "cell_type": "code",
                "source": "check",
                "metadata": {"nbgrader": {"grade": True, "grade_id": "double_check", "solution": False}},
            },
        ]
    }
    assert localcheck.cells_of(notebook) == (
        LocalCell(1, "a = 1\nb = 2", demonstration=True),
        LocalCell(2, "def double(x): ...", name="double"),
        LocalCell(3, "check", exercise="double", grade=True, name="double_check"),
    )


def test_tracebacks_can_show_a_cell_s_source():
    localcheck.run([LocalCell(41, "x = 1\ny = 2")])
    assert linecache.getline("<cell 41>", 2) == "y = 2"
