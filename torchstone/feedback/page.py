"""HTML pages: one self-contained file each, without scripts, that reads offline, on paper and by a screen reader."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from statistics import mean, median
from typing import Final
from urllib.parse import quote

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from torchstone.feedback import words
from torchstone.feedback.advice import next_steps, was_graded
from torchstone.feedback.inline import inline
from torchstone.feedback.staff import check_notes, receipt
from torchstone.feedback.texts import one_line, visible
from torchstone.feedback.views import exercise_mark, page_view, shown_score
from torchstone.messages import page as messages
from torchstone.model import StudentReport

#: No class statistic over fewer students: it would speak of persons.
SMALLEST_CLASS: Final = 5


def student_page(report: StudentReport) -> str:
    """The page that a student reads: recommendation first, then every exercise and check. No staff facts reach it."""
    return environment().get_template("report.html.j2").render(_page(report), audience="student")


def staff_page(report: StudentReport) -> str:
    """The student's page with what only staff read: notes, what each verdict rests on, the receipt, flags."""
    return (
        environment()
        .get_template("staff.html.j2")
        .render(
            _page(report),
            audience="staff",
            receipt=receipt(report),
            notes=check_notes(report),
            flags=[visible(flag) for flag in report.flags],
            output=visible(report.result.output, 4000) if report.result else "",
        )
    )


def staff_file(report: StudentReport) -> str:
    """The file name of a report's staff page."""
    return staff_page_name(report.student)


def staff_page_name(student: str) -> str:
    """The file name of a student's staff page: any student id gives a plain name in one folder."""
    return f"student-{quote(student, safe='')}.html"


def class_page(reports: Sequence[StudentReport], link: Callable[[StudentReport], str] = staff_file) -> str:
    """All students of one assignment on one page for staff: totals, exercises, flags, links to the staff pages.

    `link` gives the file name of a report's staff page, relative to this page. Statistics of the class are left out
    where fewer than `SMALLEST_CLASS` students have a result. Reports are listed by name.
    """
    ordered = sorted(reports, key=lambda report: (report.name.casefold(), report.student))
    exercises = _columns(ordered)
    graded = [report for report in ordered if was_graded(report)]
    return (
        environment()
        .get_template("class.html.j2")
        .render(
            assignment=one_line(ordered[0].assignment) if ordered else "",
            title=one_line(ordered[0].title) if ordered else "",
            exercises=[one_line(exercise) for exercise in exercises],
            rows=[_row(report, exercises, quote(link(report))) for report in ordered],
            graded=len(graded),
            statistics=_statistics(graded, exercises),
            smallest=SMALLEST_CLASS,
        )
    )


@cache
def environment(*packages: str) -> Environment:
    """The templates of this package, and of `packages` before it; escaping is on, an undefined name is an error."""
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(package) for package in (*packages, "torchstone.feedback")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    # The style sheet is ours and holds neither `<` nor `&`: it stands in <style> as it is.
    environment.globals["style"] = Markup(environment.get_template("style.css").render())
    environment.filters["plural"] = words.plural
    environment.globals["say"] = messages
    return environment


def _page(report: StudentReport) -> dict[str, object]:
    page = page_view(report)
    anchors = {score.exercise: view.anchor for score, view in zip(report.exercises, page.exercises, strict=True)}
    steps = [(inline(step.text), anchors.get(step.exercise, "")) for step in next_steps(report)]
    return {"page": page, "steps": steps}


def _columns(reports: Sequence[StudentReport]) -> list[str]:
    """Every exercise that any report has, in order of first appearance."""
    return list(dict.fromkeys(score.exercise for report in reports for score in report.exercises))


def _row(report: StudentReport, exercises: Sequence[str], href: str) -> dict[str, object]:
    results = {e.exercise: e for e in report.result.exercises} if report.result else {}
    scores = {score.exercise: score for score in report.exercises}
    return {
        "student": one_line(report.student),
        "name": one_line(report.name),
        "href": href,
        "total": words.number(report.total),
        "maximum": words.number(report.maximum),
        "late": words.number(report.late.penalty) if report.late else "",
        "received": f"{report.received:%Y-%m-%d %H:%M %Z}".strip() if report.received else "",
        "graded": was_graded(report),
        "flags": [one_line(flag) for flag in report.flags],
        "cells": [
            (shown_score(scores[e]), exercise_mark(scores[e], results.get(e))) if e in scores else None
            for e in exercises
        ],
    }


def _statistics(graded: Sequence[StudentReport], exercises: Sequence[str]) -> dict[str, object] | None:
    if len(graded) < SMALLEST_CLASS:
        return None
    totals = [report.total for report in graded]
    means = []
    for exercise in exercises:
        scores = [score.score for report in graded for score in report.exercises if score.exercise == exercise]
        means.append(words.number(mean(scores)) if len(scores) >= SMALLEST_CLASS else "–")
    return {"mean": words.number(mean(totals)), "median": words.number(median(totals)), "means": means}
