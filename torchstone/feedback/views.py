"""What a student's page shows, as display-ready values: the one place where a report is read for students.

A view holds no staff facts (notes, basis, key, fingerprint, tier, flags), so a template cannot print them by mistake,
and of a fault of the course it holds the fixed words of `words.py` only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

from markupsafe import Markup

from torchstone.feedback import words
from torchstone.feedback.inline import inline, quoted
from torchstone.feedback.texts import COMMENT, EVIDENCE, code_line, one_line, visible
from torchstone.feedback.words import Mark
from torchstone.messages import diagnosis
from torchstone.messages import page as told
from torchstone.model import (
    BrokenCell,
    CheckResult,
    ExerciseResult,
    ExerciseScore,
    Hint,
    Repair,
    StudentReport,
    Verdict,
)

#: Repairs and broken cells shown on a page; a notebook of ten thousand cells must not make a page of as many.
MOST_NOTES: Final = 30
_NOTHING: Final = Markup()
#: Differences of points below this are rounding.
_ROUNDING: Final = 0.005


@dataclass(frozen=True)
class PlaceView:
    """A line of the student's own code, and where it stands."""

    where: str  #: «cell 7, line 3»
    code: str


@dataclass(frozen=True)
class HintView:
    """A diagnosis, shown on request."""

    text: Markup
    link: str  #: http(s) address of further reading, or ""
    section: Markup = _NOTHING  #: where to read on in the notebook, in a sentence


@dataclass(frozen=True)
class CheckView:
    """One check: always a title, a mark and points; the rest where there is something to say."""

    name: str
    title: Markup
    mark: Mark
    earned: str
    points: str
    device: str = ""  #: «the simulated accelerator»; "" on the CPU
    stage: str = ""
    evidence: Markup = _NOTHING
    seen_with: str = ""  #: the inputs at which it was seen
    place: PlaceView | None = None
    hint: HintView | None = None
    unexplained: str = ""  #: that no cause is known, where one was looked for
    notice: str = ""  #: why the points are open, where it is not the student's doing


@dataclass(frozen=True)
class ExerciseView:
    """One exercise: where it stands, how its points came about, its checks."""

    anchor: str  #: an id made by us: ids of exercises are not ids of HTML
    exercise: str
    title: Markup
    mark: Mark
    score: str  #: «–» where nobody has looked at it yet
    maximum: str
    basis: str  #: how the points came about, in a sentence; "" where the checks alone gave them
    comment: str
    checks: tuple[CheckView, ...]


@dataclass(frozen=True)
class NoteView:
    """A repair or a broken cell."""

    where: str  #: "" where the text says it itself
    text: Markup
    code: str = ""


@dataclass(frozen=True)
class PageView:
    """Everything on a student's page but the advice."""

    student: str
    name: str
    assignment: str
    title: str
    received: str
    received_iso: str
    total: str
    maximum: str
    share: int  #: per cent, 0 to 100, for the bar
    provisional: tuple[str, ...]  #: why the total may still change
    subtotal: str
    late: str  #: "" or the points taken off
    late_reason: str
    adjustment: str  #: what a grader changed beside the exercises, signed; "" for nothing
    exercises: tuple[ExerciseView, ...]
    broken: tuple[NoteView, ...]
    repairs: tuple[NoteView, ...]
    left_out: int  #: notes beyond what a page shows


def page_view(report: StudentReport) -> PageView:
    """The student's view of a report."""
    results = {e.exercise: e for e in report.result.exercises} if report.result else {}
    diagnosed = report.result is not None and report.result.diagnosed
    exercises = tuple(
        _exercise(number, score, results.get(score.exercise), diagnosed=diagnosed)
        for number, score in enumerate(report.exercises, 1)
    )
    subtotal = sum(e.score for e in report.exercises)
    late = report.late if report.late and (report.late.days or report.late.penalty) else None
    penalty = late.penalty if late else 0.0
    adjustment = report.total - (subtotal - penalty)
    broken = report.result.broken_cells if report.result else ()
    return PageView(
        student=one_line(report.student),
        name=one_line(report.name),
        assignment=one_line(report.assignment),
        title=one_line(report.title),
        received=words.moment(report.received) if report.received else "",
        received_iso=report.received.isoformat(timespec="seconds") if report.received else "",
        total=words.number(report.total),
        maximum=words.number(report.maximum),
        share=round(100 * min(1.0, max(0.0, report.total / report.maximum))) if report.maximum > 0 else 0,
        provisional=_provisional(report, results),
        subtotal=words.number(subtotal),
        late=words.number(penalty) if late else "",
        late_reason=visible(late.reason) if late else "",
        adjustment=_signed(adjustment) if abs(adjustment) >= _ROUNDING else "",
        exercises=exercises,
        broken=tuple(_broken(cell) for cell in broken[:MOST_NOTES]),
        repairs=tuple(_repair(repair) for repair in report.repairs[:MOST_NOTES]),
        left_out=max(0, len(broken) - MOST_NOTES) + max(0, len(report.repairs) - MOST_NOTES),
    )


def exercise_mark(score: ExerciseScore, result: ExerciseResult | None) -> Mark:
    """Where an exercise stands. What is open on our side comes before a grader's work, and both before lost points."""
    if unsettled(score, result):
        return words.UNSETTLED
    if score.needs_manual:
        return words.WAITING
    if score.score >= score.maximum - _ROUNDING:
        return words.FULL
    return words.PART if score.score > 0 else words.NONE


def shown_score(score: ExerciseScore) -> str:
    """The points of an exercise; «–» where neither the checks nor a grader have given any yet."""
    open_ = score.needs_manual and score.manual is None and score.auto is None
    return "–" if open_ else words.number(score.score)


def unsettled(score: ExerciseScore, result: ExerciseResult | None) -> bool:
    """Whether a check could not be settled on our side and no grader has given the points instead."""
    checks = result.checks if result else ()
    return score.manual is None and any(check.status in ("course_fault", "incomplete") for check in checks)


def _exercise(number: int, score: ExerciseScore, result: ExerciseResult | None, *, diagnosed: bool) -> ExerciseView:
    ours = unsettled(score, result)
    return ExerciseView(
        anchor=f"exercise-{number}",
        exercise=one_line(score.exercise),
        title=inline(one_line(score.title)),
        mark=exercise_mark(score, result),
        score=shown_score(score),
        maximum=words.number(score.maximum),
        basis="" if ours else _basis(score),
        comment=visible(score.comment.strip(), COMMENT),
        checks=tuple(_check(check, diagnosed=diagnosed) for check in result.checks) if result else (),
    )


def _basis(score: ExerciseScore) -> str:
    if score.manual is None:
        return told.not_counted_yet() if score.needs_manual else ""
    if score.auto is None:
        return told.given_by_a_grader()
    if abs(score.manual - score.auto) < _ROUNDING:
        return told.confirmed_by_a_grader()
    return told.set_by_a_grader(words.number(score.auto))


def _check(check: CheckResult, *, diagnosed: bool) -> CheckView:
    view = CheckView(
        name=one_line(check.check),
        title=inline(one_line(check.title)),
        mark=words.STATUS[check.status],
        earned=words.number(check.earned),
        points=words.number(check.points),
        device=device(check.device),
    )
    if check.status == "course_fault":  # its verdict may quote the grader: it stays with the staff
        return replace(view, earned="open", notice=words.COURSE_FAULT)
    if check.status == "incomplete":
        return replace(view, earned="open", notice=words.INCOMPLETE)
    if check.verdict is None or check.status == "passed":
        return view
    view = _with_verdict(view, check.verdict, skipped=check.status == "skipped")
    unknown = diagnosed and check.status == "failed" and check.verdict.unexplained
    return replace(view, unexplained=diagnosis.no_known_pattern() if unknown else "")


def _with_verdict(view: CheckView, verdict: Verdict, *, skipped: bool) -> CheckView:
    return replace(
        view,
        stage="" if skipped else words.STAGE[verdict.stage],
        evidence=quoted(visible(verdict.message.strip(), EVIDENCE)),
        seen_with=_seen_with(verdict),
        place=PlaceView(told.place(one_line(verdict.where.cell), verdict.where.line), code_line(verdict.where.code))
        if verdict.where
        else None,
        hint=_hint(verdict.hint) if verdict.hint else None,
    )


def _hint(hint: Hint) -> HintView:
    name = one_line((hint.link or "").removeprefix("#"))
    section = diagnosis.section(name) if (hint.link or "").startswith("#") and name else ""
    return HintView(inline(visible(hint.text.strip(), EVIDENCE)), _link(hint.link), inline(section))


def _seen_with(verdict: Verdict) -> str:
    world = words.WORLD.get(verdict.world, one_line(verdict.world))
    probe = one_line(verdict.probe)
    if probe:
        return f"{probe} ({world})"
    return "" if verdict.world == "float32" else world  # the plain world needs no mention


def device(name: str) -> str:
    """A device in words; nothing for the CPU, which needs no mention."""
    return "" if name == "cpu" else words.DEVICE.get(name, one_line(name))


def _link(address: str | None) -> str:
    return address if address and urlsplit(address).scheme in ("http", "https") else ""


def _broken(cell: BrokenCell) -> NoteView:
    where = broken_at(cell)
    return NoteView(where, quoted(visible(cell.message.strip(), EVIDENCE)), code_line(cell.code) if cell.code else "")


def broken_at(cell: BrokenCell) -> str:
    """«cell 7, line 3»"""
    return told.place(one_line(cell.cell), cell.line)


def _repair(repair: Repair) -> NoteView:
    return NoteView(repaired_at(repair), quoted(visible(repair.message.strip(), EVIDENCE)))


def repaired_at(repair: Repair) -> str:
    """The cell of a repair; "" where its message names it already."""
    cell = one_line(repair.cell or "")
    return "" if cell.lower() in repair.message.lower() else cell


def _provisional(report: StudentReport, results: Mapping[str, ExerciseResult]) -> tuple[str, ...]:
    reasons: list[str] = []
    waiting = [e for e in report.exercises if e.needs_manual and not unsettled(e, results.get(e.exercise))]
    if waiting:
        most = words.points(sum(e.maximum for e in waiting))
        reasons.append(told.still_to_be_read(most))
    if any(unsettled(e, results.get(e.exercise)) for e in report.exercises):
        reasons.append(told.not_settled())
    return tuple(reasons)


def _signed(value: float) -> str:
    return f"+{words.number(value)}" if value > 0 else words.number(value)
