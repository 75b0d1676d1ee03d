"""HTML pages: one self-contained file each, without scripts, that reads offline, on paper and by a screen reader."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class ClassLine:
    """A report as a class's page shows it: without its result."""

    student: str
    name: str
    assignment: str
    title: str
    href: str
    total: float
    maximum: float
    late: str
    received: str
    graded: bool
    flags: tuple[str, ...]
    exercises: Mapping[str, ClassScore]


@dataclass(frozen=True)
class ClassScore:
    """One exercise of a line."""

    score: float
    shown: str
    mark: words.Mark


def class_line(report: StudentReport, href: str) -> ClassLine:
    """The line of a report; `href`: its staff page, relative to the class's."""
    results = {e.exercise: e for e in report.result.exercises} if report.result else {}
    return ClassLine(
        student=report.student,
        name=report.name,
        assignment=report.assignment,
        title=report.title,
        href=href,
        total=report.total,
        maximum=report.maximum,
        late=words.number(report.late.penalty) if report.late else "",
        received=f"{report.received:%Y-%m-%d %H:%M %Z}".strip() if report.received else "",
        graded=was_graded(report),
        flags=report.flags,
        exercises={
            s.exercise: ClassScore(s.score, shown_score(s), exercise_mark(s, results.get(s.exercise)))
            for s in report.exercises
        },
    )


def class_page(reports: Iterable[StudentReport], link: Callable[[StudentReport], str] = staff_file) -> str:
    """`class_page_of` reports that are at hand; `link` gives the file name of a report's staff page."""
    return class_page_of([class_line(report, link(report)) for report in reports])


def class_page_of(lines: Iterable[ClassLine]) -> str:
    """All students of one assignment on one page for staff: totals, exercises, flags, links to the staff pages.

    Statistics of the class are left out where fewer than `SMALLEST_CLASS` students have a result. Students are listed
    by name.
    """
    ordered = sorted(lines, key=lambda line: (line.name.casefold(), line.student))
    exercises = list(dict.fromkeys(e for line in ordered for e in line.exercises))  # in order of first appearance
    graded = [line for line in ordered if line.graded]
    return (
        environment()
        .get_template("class.html.j2")
        .render(
            assignment=one_line(ordered[0].assignment) if ordered else "",
            title=one_line(ordered[0].title) if ordered else "",
            exercises=[one_line(exercise) for exercise in exercises],
            rows=[_row(line, exercises) for line in ordered],
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


def _row(line: ClassLine, exercises: Sequence[str]) -> dict[str, object]:
    given = line.exercises
    return {
        "student": one_line(line.student),
        "name": one_line(line.name),
        "href": quote(line.href),
        "total": words.number(line.total),
        "maximum": words.number(line.maximum),
        "late": line.late,
        "received": line.received,
        "graded": line.graded,
        "flags": [one_line(flag) for flag in line.flags],
        "cells": [(given[e].shown, given[e].mark) if e in given else None for e in exercises],
    }


def _statistics(graded: Sequence[ClassLine], exercises: Sequence[str]) -> dict[str, object] | None:
    if len(graded) < SMALLEST_CLASS:
        return None
    totals = [line.total for line in graded]
    means = []
    for exercise in exercises:
        scores = [line.exercises[exercise].score for line in graded if exercise in line.exercises]
        means.append(words.number(mean(scores)) if len(scores) >= SMALLEST_CLASS else "–")
    return {"mean": words.number(mean(totals)), "median": words.number(median(totals)), "means": means}
