"""Explorations graded in nbgrader's formgrader, read back into the ledger."""

from __future__ import annotations

from typing import Final

from torchstone.config import Course
from torchstone.errors import CourseError
from torchstone.seminar import ledger
from torchstone.seminar.ledger import New, Withdrawal
from torchstone.seminar.marking import Entered, enter, mark_total
from torchstone.seminar.people import People
from torchstone.seminar.rubric import load_rubric
from torchstone.seminar.standing import latest

#: The manual cell that every week's notebook ends with.
CELL: Final = "exploration"
#: Whose word it is, where nobody says: nbgrader does not note who entered points.
BY: Final = "formgrader"


def read_back(course: Course, topic: str, by: str = BY) -> Entered:
    """Enter what stands in formgrader for the exploration of `topic`; what was read back before is not entered again.

    A score that was read back and is not there any more is withdrawn. Extra credit is not read. Raises CourseError if
    a score does not fit the rubric (another maximum), GradebookError; then nothing is entered.
    """
    from torchstone.gradebook.manual import manual_scores  # only now: it loads nbgrader

    rubric, topic = load_rubric(course, "notebook"), People(course).topic(topic)
    new: list[New] = []
    for found in manual_scores(course, topic, CELL):
        if found.maximum != rubric.points:
            raise CourseError(
                f"{topic}: its cell {CELL!r} is worth {found.maximum:g} points, the notebook rubric {rubric.points:g}; "
                "make them agree, release again, and read back again. Nothing was entered"
            )
        try:
            score = mark_total(rubric, found.student, topic, found.points, found.comment)
        except CourseError as e:
            raise CourseError(f"formgrader, {found.student}, {topic}: {e}; nothing was entered") from None
        new.append(New(score, by, "formgrader"))
    there = {item.what.student for item in new}
    for (student, told), said in latest(ledger.read(course), "notebook").items():
        if told == topic and student not in there and by in said and said[by].source == "formgrader":
            gone = Withdrawal("notebook", student, topic, "no longer in formgrader")
            new.append(New(gone, by, "formgrader"))
    return enter(course, new)
