"""A run that is stopped waits for no judge."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from torchstone.batch.engine import Brief
from torchstone.batch.local import LocalJudges
from torchstone.errors import JailError
from torchstone.model import GradingPolicy, JailPolicy, Program, Result
from torchstone.secret import PUBLIC_KEY

PROGRAM = Program("week01", ())


class Endless:
    """A judge that answers only when it is killed."""

    def __init__(self, *_: object) -> None:
        self.killed = threading.Event()

    def results(self, _: Program) -> Iterator[Result]:
        assert self.killed.wait(60)
        raise JailError("the judge process ended")
        yield

    def kill(self) -> None:
        self.killed.set()

    def close(self) -> None: ...


def test_busy_judges_are_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torchstone.batch.local.JudgeClient", Endless)
    policy = GradingPolicy(JailPolicy("none"), PUBLIC_KEY)
    judges = LocalJudges(Brief("week01", tmp_path, policy, None, tmp_path / "wanted"), jobs=1)
    busy: Any = judges._busy

    def programs() -> Iterator[Program]:
        yield PROGRAM
        while not busy:
            threading.Event().wait(0.01)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(judges.judge(programs(), lambda result: None))
    assert not busy
