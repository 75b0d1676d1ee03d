"""What only staff read of a report: the receipt's facts, and a note for each check."""

from __future__ import annotations

from dataclasses import dataclass

from torchstone.feedback import words
from torchstone.feedback.texts import COMMENT, one_line, visible
from torchstone.model import CheckResult, StudentReport


@dataclass(frozen=True)
class StaffNote:
    """What staff see under a check beside the student's own text."""

    basis: str  #: what the verdict rests on; "" where there is none
    staff: str  #: the judge's note
    fault: str  #: the verdict of a course fault, which the student does not see
    misconception: str  #: the name of the misconception that explains the check
    probes: int


def check_notes(report: StudentReport) -> dict[str, tuple[StaffNote, ...]]:
    """The notes of every exercise's checks, in the result's order, by exercise id."""
    exercises = report.result.exercises if report.result else ()
    return {one_line(exercise.exercise): tuple(_note(check) for check in exercise.checks) for exercise in exercises}


def _note(check: CheckResult) -> StaffNote:
    verdict = check.verdict
    hidden = verdict if check.status in ("course_fault", "incomplete") else None
    return StaffNote(
        basis=words.BASIS[verdict.basis] if verdict and check.status != "skipped" else "",
        staff=visible(check.staff or "", COMMENT),
        fault=visible(hidden.message, COMMENT) if hidden else "",
        misconception=one_line(verdict.hint.name) if verdict and verdict.hint else "",
        probes=check.probes,
    )


def receipt(report: StudentReport) -> tuple[tuple[str, str], ...]:
    """What the score was made of, as (term, fact) pairs."""
    result = report.result
    if result is None:
        return ()
    tier = f"{result.tier} (graded without a jail, by explicit choice)" if result.trusted else result.tier
    return (
        ("Jail", tier),
        ("Devices", ", ".join(result.devices)),
        ("Scored devices that were missing", ", ".join(result.missing_devices) or "none"),
        ("Grading round", one_line(result.round)),
        ("Secret's fingerprint", one_line(result.fingerprint) or "none"),
        ("Result key", one_line(result.key)),
        ("Program", one_line(result.program)),
        ("CPU seconds", words.number(result.cpu_seconds)),
        ("Diagnosed", "yes" if result.diagnosed else "not yet"),
    )
