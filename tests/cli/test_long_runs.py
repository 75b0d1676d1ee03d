"""Long work: what is told on the way, and what happens when it is told to stop."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import click
import pytest

from torchstone.cli import _progress
from torchstone.cli._progress import Progress
from torchstone.cli._stopping import stopping


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, to be moved on."""
    now = [100.0]
    monkeypatch.setattr(_progress.time, "monotonic", lambda: now[0])
    return now


def test_a_pipe_gets_a_line_for_each_tenth_with_rate_and_time_left(clock, capsys):
    with Progress(quiet=False) as progress:
        for done in range(101):
            progress("judging", done, 100)
            clock[0] += 2
        progress("writing the gradebook", 100, 100)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "10 of 100: judging (30/min, 3 min left)"
    assert lines[8] == "90 of 100: judging (30/min, 20 s left)"
    assert lines[9:] == ["100 of 100: judging", "100 of 100: writing the gradebook"]
    assert progress.told == "100 of 100: writing the gradebook"


def test_what_is_over_at_once_takes_one_line(clock, capsys):
    with Progress(quiet=False) as progress:
        for done in range(1, 101):
            progress("reading", done, 100)
    assert len(capsys.readouterr().err.splitlines()) <= 2


def test_quiet_is_quiet(clock, capsys):
    with Progress(quiet=True) as progress:
        progress("judging", 5, 10)
    assert capsys.readouterr() == ("", "")
    assert progress.told == "5 of 10: judging"


@pytest.fixture
def heeding() -> Iterator[None]:
    """Ctrl-C heard: what a shell starts in the background is born deaf to it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def stopped(number):
    with stopping(lambda: "5 of 10: judging; go on with `x`"):
        os.kill(os.getpid(), number)
        signal.sigtimedwait([], 1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_told_to_stop_says_what_it_kept(number, heeding, capsys):
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(click.exceptions.Exit) as ended:
        stopped(number)
    assert ended.value.exit_code == 130
    assert capsys.readouterr().err == "stopped: 5 of 10: judging; go on with `x`\n"
    assert signal.getsignal(signal.SIGTERM) is before
