"""What a class missed, in numbers that speak of no person."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from torchstone import secret
from torchstone.cli._main import torchstone
from torchstone.errors import CourseError
from torchstone.feedback.anonymity import SMALLEST, histogram, parts
from torchstone.feedback.insights import insights
from torchstone.feedback.insights_page import insights_page
from torchstone.model import CheckResult, ExerciseResult, Grading, Hint, Result, Stage, Verdict

POINTS = (4.0, 2.0, 1.0, 3.0)


def result(outcomes, number=0):
    """`outcomes`: for each check True, False, or the name of a misconception."""
    checks = []
    for n, (outcome, points) in enumerate(zip(outcomes, POINTS, strict=False)):
        hint = Hint(outcome, f"Think of {outcome}.") if isinstance(outcome, str) else None
        passed = outcome is True
        checks.append(
            CheckResult(
                "mlp",
                f"test_{n}",
                f"Check {n}: $W_1$ & more",
                points,
                points if passed else 0.0,
                "passed" if passed else "failed",
                verdict=None if passed else Verdict(Stage.VALUE, "differs", hint=hint),
            )
        )
    earned = sum(c.earned for c in checks)
    exercise = ExerciseResult("mlp", sum(c.points for c in checks), earned, tuple(checks))
    return Result("week04", f"p{number}", f"k{number}", (exercise,), "namespaces")


def large(count):
    return count == 0 or count >= SMALLEST


def test_a_class_reads_who_missed_what_and_how_many():
    results = [result((True, True, True, True))] * 40 + [result(("missed 1/N", True, True, False))] * 31
    results += [result((False, True, True, True))] * 19
    facts = insights("week04", results)
    (finding,) = facts.findings
    assert (finding.group.misconception, finding.group.count, finding.of) == ("missed 1/N", 31, 90)
    assert [(c.check, c.failed) for c in facts.checks][:2] == [("test_0", 50), ("test_3", 31)]
    assert sum(b.count for b in facts.bins) == 90
    assert facts.mean == pytest.approx((40 * 10 + 31 * 3 + 19 * 6) / 90)


def test_under_five_nothing_is_shown():
    with pytest.raises(CourseError, match="4 results"):
        insights("week04", [result((True,) * 4)] * 4)


@pytest.mark.parametrize("failing", [1, 4, 86, 89])
def test_neither_a_small_group_nor_its_complement_is_shown(failing):
    results = [result(("slip", True, True, True))] * failing + [result((True,) * 4)] * (90 - failing)
    line = next(c for c in insights("week04", results).checks if c.check == "test_0")
    assert line.failed is None
    assert line.groups == ()


def test_a_small_rest_takes_the_smallest_shown_group_with_it():
    assert parts({"a": 20, "b": 6}, 28) == {"a": 20}
    assert parts({"a": 20, "b": 6}, 26) == {"a": 20, "b": 6}
    assert parts({"a": 20, "b": 6, "c": 4}, 31) == {"a": 20, "b": 6}
    assert parts({"a": 20}, 21) == {}


def test_what_the_scores_give_away_about_a_check_is_joined_away():
    """Whoever has more than 6 of 10 points passed the check worth 4. 88 have, and 90 passed it: with both shown, two
    people could be worked out, so the edge that parts them is not shown."""
    results = [result((True,) * 4)] * 88 + [result((True, False, False, False))] * 2
    results += [result((False, False, False, False))] * 8
    facts = insights("week04", results)
    line = next(c for c in facts.checks if c.check == "test_0")
    assert line.failed == 8
    for n, b in enumerate(facts.bins):
        if b.low > 6:
            assert large(90 - sum(later.count for later in facts.bins[n:]))
    assert sum(b.count for b in facts.bins) == 98


classes = st.lists(
    st.tuples(
        st.booleans() | st.sampled_from(["1/N", "sign"]),
        st.booleans() | st.sampled_from(["axis"]),
        st.booleans(),
        st.booleans(),
    ).flatmap(lambda outcome: st.integers(1, 12).map(lambda n: [outcome] * n)),
    min_size=1,
    max_size=8,
).map(lambda groups: [outcome for group in groups for outcome in group])


@settings(deadline=None, max_examples=300)
@given(classes)
def test_no_group_of_one_to_four_can_be_read_or_worked_out(outcomes):
    if len(outcomes) < SMALLEST:
        return
    results = [result(outcome) for outcome in outcomes]
    facts = insights("week04", results)
    assert all(large(b.count) for b in facts.bins)
    people = range(len(outcomes))
    scores = [r.earned for r in results]
    for line in facts.checks:
        if line.failed is None:
            assert line.groups == ()
            continue
        n = int(line.check.removeprefix("test_"))
        failed = {p for p in people if outcomes[p][n] is not True}
        assert len(failed) == line.failed
        assert large(line.failed)
        assert large(len(outcomes) - line.failed)
        assert all(g.count >= SMALLEST for g in line.groups)
        assert large(line.failed - sum(g.count for g in line.groups))
        for b in facts.bins:
            above, below = {p for p in people if scores[p] >= b.low}, {p for p in people if scores[p] < b.low}
            if b.low > facts.maximum - POINTS[n]:
                assert above.isdisjoint(failed)
                assert large(len(people) - len(failed) - len(above))
            if 0 < b.low <= POINTS[n]:
                assert below <= failed
                assert large(len(failed) - len(below))


@given(st.lists(st.floats(0, 12), max_size=60), st.floats(1, 100))
def test_a_histogram_covers_everything_and_loses_nobody(scores, maximum):
    bins = histogram(scores, maximum)
    if len(scores) < SMALLEST:
        assert bins == ()
        return
    assert sum(b.count for b in bins) == len(scores)
    assert all(large(b.count) for b in bins)
    assert (bins[0].low, bins[-1].high) == (0, maximum)
    assert all(left.high == right.low for left, right in pairwise(bins))


class Outline(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags = []

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))


def test_the_page_is_accessible_and_holds_nothing_that_runs():
    results = [result((True,) * 4)] * 20 + [result(("<script>alert(1)</script>", True, True, True))] * 12
    page = insights_page(insights("week04", results), "Multilayer <perceptrons>")
    outline = Outline()
    outline.feed(page)
    tags = [tag for tag, _ in outline.tags]
    assert (tags.count("h1"), tags.count("main"), "script" in tags) == (1, 1, False)
    assert ("html", {"lang": "en"}) in outline.tags
    assert any(tag == "svg" and a.get("role") == "img" and a.get("aria-labelledby") for tag, a in outline.tags)
    assert "12 of 32 (38 %)" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<math" in page


@pytest.fixture
def graded(tmp_path):
    """A course whose results store holds twelve results."""
    from pathlib import Path

    from torchstone import config
    from torchstone.batch import GradingService

    (tmp_path / "course_config.py").write_text((Path(__file__).parents[2] / "course_config.py").read_text())
    course = config.load(tmp_path)
    secret.create(course.secret_path)
    with GradingService(course) as service:
        for n in range(12):
            made = result((True,) * 4 if n < 5 else ("stale mask", True, True, False), n)
            service.store.put(made)
            service.store.record(Grading("week04", f"s{n:02d}", made.key, "attempt"))
    return tmp_path


def test_the_command_writes_the_page_and_names_nobody(graded):
    command = ["insights", "week04", "--course", str(graded)]
    told = CliRunner().invoke(torchstone, command)
    assert told.exit_code == 0, told.output
    assert "7 of 12: stale mask" in told.output
    page = graded / "feedback" / "week04-insights.html"
    assert page.stat().st_mode & 0o777 == 0o600
    facts = json.loads(CliRunner().invoke(torchstone, [*command, "--json"]).output)
    assert facts["findings"][0]["group"]["count"] == 7
    assert not any(
        f"s{n:02d}" in text for n in range(12) for text in (told.output, page.read_text(), json.dumps(facts))
    )


def test_a_week_without_results_says_what_to_run(graded):
    told = CliRunner().invoke(torchstone, ["insights", "week05", "--course", str(graded)])
    assert isinstance(told.exception, CourseError)
    assert "torchstone grade week05" in str(told.exception)
