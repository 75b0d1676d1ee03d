"""A student's result as plain text for a terminal."""

from __future__ import annotations

import textwrap
from typing import Final

from torchstone.feedback import words
from torchstone.feedback.advice import next_steps
from torchstone.feedback.texts import EVIDENCE, one_line
from torchstone.feedback.views import MOST_NOTES, broken_at, exercise_mark, page_view, repaired_at, shown_score
from torchstone.model import CheckResult, StudentReport

_WIDTH: Final = 100
_INDENT: Final = "      "


def text_summary(report: StudentReport) -> str:
    """Total, what to do next, and each exercise with its checks; no hint, no staff fact, no control character."""
    page = page_view(report)
    results = {e.exercise: e for e in report.result.exercises} if report.result else {}
    total = f"{page.total} of {page.maximum} points{' so far' if page.provisional else ''}"
    lines = [f"{page.title} ({page.assignment}), {page.name or page.student}: {total}"]
    lines += page.provisional
    if page.late:
        lines.append(f"Late penalty {page.late}: {one_line(page.late_reason)}")
    lines += ["", "What to do next"]
    lines += [_wrapped(f"  {n}. ", step.text) for n, step in enumerate(next_steps(report), 1)]
    for score in report.exercises:
        result = results.get(score.exercise)
        mark = exercise_mark(score, result)
        earned = f"{shown_score(score)} of {words.number(score.maximum)}"
        lines += ["", f"{mark.symbol} {one_line(score.exercise)}: {earned} · {mark.words}"]
        for check in result.checks if result else ():
            lines += _check(check)
    broken = report.result.broken_cells if report.result else ()
    notes = [f"{broken_at(cell)} stopped: {one_line(cell.message, EVIDENCE)}" for cell in broken[:MOST_NOTES]]
    for repair in report.repairs[:MOST_NOTES]:
        where = repaired_at(repair)
        notes.append(f"{where}: " * bool(where) + one_line(repair.message, EVIDENCE))
    for note in notes:
        lines += ["", _wrapped("! ", note)]
    return "\n".join(lines) + "\n"


def _check(check: CheckResult) -> list[str]:
    mark = words.STATUS[check.status]
    ours = {"course_fault": words.COURSE_FAULT, "incomplete": words.INCOMPLETE}.get(check.status)
    earned = "open" if ours else words.number(check.earned)
    lines = [_wrapped(f"  {mark.symbol} ", f"{one_line(check.title)} ({earned} of {words.number(check.points)})")]
    if ours:
        lines.append(_wrapped(_INDENT, ours))
    elif check.verdict is not None and check.status != "passed":
        stage = "" if check.status == "skipped" else f"{words.STAGE[check.verdict.stage]}. "
        lines.append(_wrapped(_INDENT, stage + one_line(check.verdict.message, EVIDENCE)))
        if check.verdict.where is not None:
            where = check.verdict.where
            lines.append(_wrapped(_INDENT, f"{one_line(where.cell)}, line {where.line}: {one_line(where.code)}"))
    return lines


def _wrapped(first: str, text: str) -> str:
    return textwrap.fill(text, _WIDTH, initial_indent=first, subsequent_indent=" " * len(first)) or first.rstrip()
