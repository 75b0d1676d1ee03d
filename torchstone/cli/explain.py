"""`torchstone explain`: the receipt of one student's score."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from torchstone.cli import _options

if TYPE_CHECKING:
    from torchstone.config import Course
    from torchstone.gradebook.explain import CheckLine, Explanation

_SIGNS = {"passed": "✓", "failed": "✗", "skipped": "–", "course_fault": "!", "incomplete": "?"}


@click.command(epilog="Example: torchstone explain ada week04 --exercise dropout")
@click.argument("student")
@_options.assignment
@_options.course
@click.option("--exercise", "-e", "exercises", multiple=True, metavar="ID", help="Only this exercise; repeatable.")
@_options.as_json
def command(student: str, assignment: str, course: Course, exercises: tuple[str, ...], as_json: bool) -> None:
    """Trace every point of STUDENT's ASSIGNMENT: check, verdict, evidence, seed, device, graders, policy. For staff.

    Evidence is "boundary" (values that crossed from the jail, which cannot be forged) or "self-reported" (seen from
    inside, where student code can rewrite what is seen). Nothing is graded and nothing is written.
    """
    from torchstone.errors import CourseError
    from torchstone.gradebook.explain import explain

    found = explain(course, student, assignment)
    there = {line.check.exercise for line in found.lines}
    if unknown := [e for e in exercises if e not in there]:
        raise CourseError(f"{assignment} has no exercise {', '.join(unknown)}; there are {', '.join(sorted(there))}")
    if as_json:
        click.echo(json.dumps(found.as_json(), indent=2, ensure_ascii=False, default=str))
    else:
        _show(found, exercises)


def _show(found: Explanation, only: tuple[str, ...]) -> None:
    report, result, grading = found.report, found.result, found.grading
    click.secho(
        f"{report.name} ({report.student}), {report.assignment}: {report.total:g} of {report.maximum:g}", bold=True
    )
    if report.late:
        click.echo(f"late: −{report.late.penalty:g} ({report.late.reason})")
    for exercise in report.exercises:
        if only and exercise.exercise not in only:
            continue
        manual = f", given by a grader in place of {exercise.auto or 0:g}" if exercise.manual is not None else ""
        click.secho(f"\n{exercise.exercise}: {exercise.score:g} of {exercise.maximum:g}{manual}", bold=True)
        for line in found.lines:
            if line.check.exercise == exercise.exercise:
                for text in _lines(line):
                    click.echo(f"  {text}")
    click.echo("")
    facts = {
        "attempt": grading.attempt or "none",
        "received": str(grading.received or "unknown"),
        "graded": str(grading.graded),
        "program": result.program,
        "graders": (result.graders or "not noted") + (" (changed since)" if found.graders_changed else ""),
        "policy": found.policy,
        "devices": ", ".join(result.devices)
        + (f"; missing: {', '.join(result.missing_devices)}" if result.missing_devices else ""),
        "secret": f"{result.fingerprint}, round {result.round}",
        "result": result.key,
    }
    for name, fact in facts.items():
        click.echo(f"{name:9} {fact}")
    for flag in report.flags:
        click.secho(f"! {flag}", fg="yellow")


def _lines(line: CheckLine) -> list[str]:
    c, v = line.check, line.check.verdict
    lines = [
        f"{_SIGNS[c.status]} {c.title}: {c.earned:g} of {c.points:g}",
        f"    {c.check}, {c.device}, {c.probes} probes, evidence: {line.evidence}, seed {line.seed}",
    ]
    if v is not None:
        where = "; ".join(part for part in (v.probe, v.world) if part)
        lines.append(f"    {v.stage}: {v.message} ({where})")
        lines += [f"    in {v.where.cell}, line {v.where.line}: {v.where.code}"] if v.where else []
        lines += [f"    diagnosis: {v.hint.name}"] if v.hint else []
    return [*lines, f"    staff: {c.staff}"] if c.staff else lines
