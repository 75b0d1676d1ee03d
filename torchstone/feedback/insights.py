"""What a class missed in an assignment: for the next lecture, in numbers that speak of no person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, median

from torchstone.errors import CourseError
from torchstone.feedback.anonymity import SMALLEST, Bin, Told, beside, histogram, parts, splits
from torchstone.model import CheckResult, Hint, Result


@dataclass(frozen=True)
class Group:
    """People whose answers one misconception explains, on every probe of one check."""

    misconception: str
    text: str  #: the hint that they read
    count: int


@dataclass(frozen=True)
class CheckLine:
    """How a check went over the class. Numbers that would speak of fewer than five people are None."""

    exercise: str
    check: str
    title: str
    settled: int | None  #: people for whom it was settled; None if that number may not be shown
    failed: int | None
    groups: tuple[Group, ...] = ()  #: the largest first

    @property
    def rate(self) -> float | None:
        """Share of people who do not pass; None where it is not shown."""
        return self.failed / self.settled if self.failed is not None and self.settled else None


@dataclass(frozen=True)
class Finding:
    """One misconception and the check in which most people share it."""

    exercise: str
    check: str
    title: str
    group: Group
    of: int
    elsewhere: int  #: other checks of the exercise in which a shown group has it, too


@dataclass(frozen=True)
class Insights:
    """All that is told of an assignment's results."""

    assignment: str
    students: int
    maximum: float
    mean: float
    median: float
    bins: tuple[Bin, ...]
    checks: tuple[CheckLine, ...]  #: by failure rate, the highest first; those not shown last
    findings: tuple[Finding, ...]  #: by size, the largest first


def insights(assignment: str, results: Sequence[Result]) -> Insights:
    """What the results of a class (one for each person) tell together. Automatic points only.

    Raises CourseError for fewer than five results, or where nothing is graded automatically.
    """
    if len(results) < SMALLEST:
        raise CourseError(f"{assignment} has {len(results)} results; below {SMALLEST}, numbers would speak of persons")
    maximum = max(result.points for result in results)
    if maximum <= 0:
        raise CourseError(f"{assignment} has no automatic points, so there is nothing to tell")
    scores = [result.earned for result in results]
    by_check = _by_check(results)
    lines = [_line(key, checks, len(results)) for key, checks in by_check.items()]
    # Where a check was settled for a part of the class only, the scores are of other people: nothing can be subtracted.
    told = [
        Told(by_check[line.exercise, line.check][0].points, line.settled - line.failed)
        for line in lines
        if line.failed is not None and line.settled == len(results)
    ]
    lines.sort(key=lambda line: -1.0 if line.rate is None else line.rate, reverse=True)
    return Insights(
        assignment=assignment,
        students=len(results),
        maximum=maximum,
        mean=mean(scores),
        median=median(scores),
        bins=beside(histogram(scores, maximum), told, maximum),
        checks=tuple(lines),
        findings=_findings(lines),
    )


def _by_check(results: Sequence[Result]) -> dict[tuple[str, str], list[CheckResult]]:
    found: dict[tuple[str, str], list[CheckResult]] = {}
    for result in results:
        for exercise in result.exercises:
            for check in exercise.checks:
                found.setdefault((exercise.exercise, check.check), []).append(check)
    return found


def _line(key: tuple[str, str], checks: Sequence[CheckResult], students: int) -> CheckLine:
    exercise, name = key
    settled = [check for check in checks if check.status in ("passed", "failed", "skipped")]
    title = checks[0].title
    if not settled or not splits(len(settled), students):
        return CheckLine(exercise, name, title, None, None)
    failed = [check for check in settled if check.status != "passed"]
    if not splits(len(failed), len(settled)):
        return CheckLine(exercise, name, title, len(settled), None)
    return CheckLine(exercise, name, title, len(settled), len(failed), _groups(failed))


def _groups(failed: Sequence[CheckResult]) -> tuple[Group, ...]:
    """The misconceptions among those who do not pass: disjoint, since a check has one diagnosis a person."""
    hints: list[Hint] = [check.verdict.hint for check in failed if check.verdict and check.verdict.hint]
    texts = {hint.name: hint.text for hint in hints}
    shown = parts(Counter(hint.name for hint in hints), len(failed))
    return tuple(Group(name, texts[name], count) for name, count in shown.items())


def _findings(lines: Sequence[CheckLine]) -> tuple[Finding, ...]:
    best: dict[tuple[str, str], Finding] = {}
    seen: Counter[tuple[str, str]] = Counter()
    for line in lines:
        for group in line.groups:
            key = (line.exercise, group.misconception)
            seen[key] += 1
            if key not in best or group.count > best[key].group.count:
                best[key] = Finding(line.exercise, line.check, line.title, group, line.settled or 0, 0)
    found = [Finding(f.exercise, f.check, f.title, f.group, f.of, elsewhere=seen[key] - 1) for key, f in best.items()]
    return tuple(sorted(found, key=lambda f: (-f.group.count, f.exercise, f.group.misconception)))
