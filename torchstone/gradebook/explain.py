"""The receipt of one student's score: every point, traced to what it rests on. For staff."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import asdict, dataclass
from typing import Any

from torchstone import secret
from torchstone.config import Course
from torchstone.errors import CourseError
from torchstone.gradebook.report import student_report
from torchstone.judge.keys import grader_digest
from torchstone.model import CheckResult, Grading, Result, StudentReport
from torchstone.results import Store


@dataclass(frozen=True)
class CheckLine:
    """One check, and the seeds its inputs were drawn from."""

    check: CheckResult
    seed: str  #: a name of the derived seed, which tells nothing of it

    @property
    def evidence(self) -> str:
        """What the verdict rests on: "boundary" or "self-reported"; a pass rests on what crossed the boundary."""
        if self.check.verdict is not None:
            return str(self.check.verdict.basis)
        return "self-reported" if self.check.device != "cpu" else "boundary"


@dataclass(frozen=True)
class Explanation:
    """All that a score was made of."""

    report: StudentReport
    result: Result
    grading: Grading
    lines: tuple[CheckLine, ...]  #: in the graders' order
    policy: str  #: the jail's tier, the limits, what is loaded before a program
    graders_changed: bool  #: the graders are others by now

    def as_json(self) -> dict[str, Any]:
        """For other programs."""
        checks = [
            {**asdict(line.check), "seed": line.seed, "evidence": line.evidence, "graders": self.result.graders}
            for line in self.lines
        ]
        g, r = self.grading, self.result
        return {
            "student": self.report.student,
            "assignment": self.report.assignment,
            "total": self.report.total,
            "maximum": self.report.maximum,
            "late": asdict(self.report.late) if self.report.late else None,
            "exercises": [asdict(e) for e in self.report.exercises],
            "checks": checks,
            "attempt": g.attempt,
            "received": g.received.isoformat() if g.received else None,
            "graded": g.graded.isoformat() if g.graded else None,
            "repairs": [asdict(repair) for repair in g.repairs],
            "program": r.program,
            "key": r.key,
            "graders": r.graders,
            "graders_changed": self.graders_changed,
            "fingerprint": r.fingerprint,
            "round": r.round,
            "tier": r.tier,
            "trusted": r.trusted,
            "policy": self.policy,
            "devices": list(r.devices),
            "missing_devices": list(r.missing_devices),
            "broken_cells": [asdict(c) for c in r.broken_cells],
            "flags": list(self.report.flags),
        }


def explain(course: Course, student: str, assignment: str) -> Explanation:
    """Trace a student's score. Nothing is graded, and nothing is written.

    Raises CourseError where there is no such student or nothing was graded, SecretError, StoreError, GradebookError.
    """
    course.topic(assignment)
    own = secret.load(course.secret_path)
    with Store(course.state / "results.sqlite", secret.fingerprint(own)) as store:
        report = student_report(course, assignment, student, store)
        grading = store.grading(assignment, student)
    if grading is None or report.result is None:
        raise CourseError(f"{student}'s {assignment} has no result; run `torchstone grade {assignment}`")
    result = report.result
    key = secret.draw_key(own, assignment, result.round).key
    lines = tuple(CheckLine(c, _seed(key, c)) for e in result.exercises for c in e.checks)
    changed = bool(result.graders) and grader_digest(course.graders / assignment) != result.graders
    return Explanation(report, result, grading, lines, _policy(course, assignment, result), changed)


def _seed(key: bytes, check: CheckResult) -> str:
    """The same for the same draws; from it nobody draws anything."""
    derived = hmac.digest(key, f"{check.exercise}/{check.check}".encode(), "sha256")
    return hashlib.sha256(b"torchstone seed" + derived).hexdigest()[:12]


def _policy(course: Course, assignment: str, result: Result) -> str:
    limits = course.settings.limits
    jail = "no jail, by explicit choice" if result.trusted else f"jail: {result.tier}"
    bounds = f"{limits.cpu_seconds:g} CPU s a check, {limits.exercise_cpu_seconds:g} an exercise"
    return f"{jail}; {bounds}, {limits.memory_mb:,} MB; loaded before: {', '.join(course.settings.jail.preload)}"
