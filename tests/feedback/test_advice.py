from __future__ import annotations

from dataclasses import replace

from torchstone.feedback.advice import next_steps
from torchstone.model import BrokenCell, Repair


def texts(report) -> list[str]:
    return [step.text for step in next_steps(report)]


def test_a_cell_that_stops_comes_first_then_the_most_points(mixed):
    first, second, third = next_steps(mixed)
    assert first.text.startswith("Mend cell 19 first.")
    assert second.exercise == "k_fold"
    assert "(8 points to gain)" in second.text
    assert third.exercise == "activations"
    assert third.text.endswith("There is a hint.")


def test_without_a_broken_cell_the_most_points_come_first(mixed):
    steps = texts(replace(mixed, result=replace(mixed.result, broken_cells=())))
    assert steps[0].startswith("Start with k-fold cross-validation (8 points to gain).")
    assert steps[1].startswith("Then look at Activations")


def test_what_a_grader_settled_is_not_advised(mixed):
    assert not any("Forward and backward" in text for text in texts(mixed))
    unsettled = replace(mixed.exercises[1], manual=None)
    exercises = (mixed.exercises[0], unsettled, *mixed.exercises[2:])
    assert any(
        "Forward and backward" in text and "10 points" in text for text in texts(replace(mixed, exercises=exercises))
    )


def test_what_is_open_on_our_side_is_not_advised(mixed):
    assert not any("gradient check" in text for text in texts(mixed))


def test_many_broken_cells_are_not_all_named(mixed):
    cells = tuple(BrokenCell(f"cell {n}", "stopped") for n in range(1, 9))
    first = texts(replace(mixed, result=replace(mixed.result, broken_cells=cells)))[0]
    assert "cell 1, cell 2, cell 3 and others" in first
    assert "cell 4" not in first


def test_an_unreadable_file_is_the_only_step(mixed):
    steps = texts(replace(mixed, repairs=(Repair("unreadable", "not JSON"),)))
    assert len(steps) == 1
    assert "`torchstone check week04.ipynb`" in steps[0]


def test_nothing_handed_in(good):
    handed_nothing = (Repair("nothing-handed-in", "No notebook was handed in."),)
    assert "nothing of yours to grade" in texts(replace(good, repairs=handed_nothing))[0]


def test_a_result_that_was_not_kept_is_not_the_students_task(good):
    assert texts(replace(good, result=None))[0].startswith("Nothing for you to do yet")


def test_full_marks_are_praised_and_only_they(good, mixed):
    assert texts(good) == ["Nothing to mend: every check passed. Well done."]
    waiting = replace(good, exercises=(*good.exercises, mixed.exercises[-1]))
    assert texts(waiting) == ["Nothing to mend: every check passed. A grader still reads the rest."]
    settled = replace(mixed, result=replace(mixed.result, exercises=mixed.result.exercises[1:2], broken_cells=()))
    assert texts(settled) == ["A grader has settled your points; the comments below say more."]
