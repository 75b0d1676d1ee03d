"""`torchstone late`: extensions noted, penalties brought up to date."""

from __future__ import annotations

import json
from datetime import timedelta

import click
import pytest
from click.testing import CliRunner

from torchstone.cli._main import torchstone
from torchstone.errors import CourseError
from torchstone.gradebook.book import dump
from torchstone.gradebook.scores import write_scores


@pytest.fixture
def late(released):  # type: ignore[no-untyped-def]
    released.roster.write_text("id,last_name,first_name,email\nann,A,An,ann@example.org\n")

    def run(verb, *arguments):  # type: ignore[no-untyped-def]
        arguments = ["late", verb, *arguments, "--course", str(released.root)]
        return CliRunner().invoke(torchstone, arguments, standalone_mode=False)

    return run


def test_an_extension_is_noted_applied_and_taken_back(released, hand_in, grader, late) -> None:  # type: ignore[no-untyped-def]
    hand_in("ann", double="def double(x):\n    return 2 * x", received=released.due("week01") + timedelta(hours=30))
    write_scores(released, "week01", ["ann"], grader=grader)

    def penalty() -> float:
        return float(dump(released, "week01")["ann"]["week01"]["penalty"] or 0.0)

    assert penalty() == pytest.approx(2.4)
    told = late("extend", "week01", "ann", "--days", "2", "--reason", "ill, at home")
    assert "ann has until 2021-11-08 23:59 EST for week01" in told.output
    assert '"ill, at home"' in (released.seminar / "extensions.csv").read_text()
    assert "2.4 would be 0" in late("apply", "--all", "--check-only").output
    assert penalty() == pytest.approx(2.4)
    (change,) = json.loads(late("apply", "week01", "--json").output)
    assert (change["student"], change["due"]["penalty"]) == ("ann", 0.0)
    assert penalty() == 0
    late("extend", "week01", "ann", "--remove")
    assert "1 penalty changed" in late("apply", "--all").output
    assert penalty() == pytest.approx(2.4)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["extend", "week01", "eve", "--days", "2"], CourseError),
        (["extend", "week01", "ann"], click.UsageError),
        (["extend", "week01", "ann", "--until", "2021-11-01 00:00"], CourseError),
        (["extend", "week99", "ann", "--days", "2"], CourseError),
        (["apply"], click.UsageError),
        (["apply", "week01", "--all"], click.UsageError),
        (["apply", "week99"], CourseError),
    ],
)
def test_what_cannot_be_is_refused(late, released, arguments, error) -> None:  # type: ignore[no-untyped-def]
    assert isinstance(late(*arguments).exception, error)
    assert not (released.seminar / "extensions.csv").exists()
