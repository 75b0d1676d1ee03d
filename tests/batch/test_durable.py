"""The score is stored before the diagnosis is tried: whatever becomes of the diagnosis, it is not lost."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from torchstone.batch import GradingService, Outcome, judge_process
from torchstone.errors import JailError
from torchstone.model import (
    CheckResult,
    ExerciseResult,
    GradingPolicy,
    Hint,
    JailPolicy,
    Program,
    Result,
    Stage,
    Verdict,
)
from torchstone.results.codec import load_result
from torchstone.secret import PUBLIC_KEY

CHECK = CheckResult("e", "test_a", "A", 2.0, 0.0, "failed", verdict=Verdict(Stage.VALUE, "1 of 1 entries differ"))
SCORE = Result("week01", "p", "key", (ExerciseResult("e", 2.0, 0.0, (CHECK,)),), "namespaces")
PROGRAM = Program("week01", ())


@pytest.fixture
def graded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What a service makes of a judge that answers so."""

    def grade(*answers: Result | Exception) -> tuple[Outcome, Result | None]:
        class Judge:
            def __init__(self, *_: object) -> None: ...
            def close(self) -> None: ...
            def results(self, _: Program) -> Iterator[Result]:
                for answer in answers:
                    if isinstance(answer, Exception):
                        raise answer
                    yield answer

        (tmp_path / "graders" / "week01").mkdir(parents=True)
        course: Any = SimpleNamespace(
            state=tmp_path,
            secret_path=tmp_path / "secret",
            graders=tmp_path / "graders",
            source=tmp_path / "source",
            release=tmp_path / "release",
            root=tmp_path,
            policy=lambda assignment, *, trust: GradingPolicy(JailPolicy("none"), PUBLIC_KEY),
        )
        monkeypatch.setattr("torchstone.batch.local.JudgeClient", Judge)
        monkeypatch.setattr("torchstone.judge.keys.WeekKeys.key_of", lambda *_: "key")
        with GradingService(course) as service:
            (outcome,) = service.grade_many("week01", [PROGRAM])
            return outcome, service.store.latest("key")

    return grade


def test_a_judge_that_dies_over_the_diagnosis_leaves_the_score(graded: Any) -> None:
    outcome, stored = graded(SCORE, JailError("the judge process ended"))
    assert outcome.fault is None
    assert outcome.result == stored
    assert stored.earned == 0
    assert not stored.diagnosed


def test_a_diagnosis_takes_the_place_of_the_bare_score(graded: Any) -> None:
    hint = Hint("negated", "Which sign?", "#e")
    told = replace(CHECK, verdict=replace(CHECK.verdict, hint=hint))
    outcome, stored = graded(SCORE, replace(SCORE, exercises=(ExerciseResult("e", 2.0, 0.0, (told,)),), diagnosed=True))
    assert outcome.result == stored
    assert stored.exercises[0].checks[0].verdict.hint == hint


def test_the_judge_process_answers_the_score_first(monkeypatch: pytest.MonkeyPatch) -> None:
    class Judge:
        def __init__(self, *_: object, **__: object) -> None: ...
        def __enter__(self) -> Judge:
            return self

        def __exit__(self, *_: object) -> None: ...
        def know(self, _: Program) -> None: ...
        def learn(self, _: str) -> None: ...
        def grade(self, *_: object, **__: object) -> Result:
            return SCORE

        def diagnose(self, *_: object) -> Result:
            raise RuntimeError("a bug of ours")

    zygotes = SimpleNamespace(await_start=lambda: None)
    monkeypatch.setattr("torchstone.judge.Judge", Judge)
    monkeypatch.setattr(judge_process.protocol, "load_policy", lambda _: SimpleNamespace(jail=zygotes))
    monkeypatch.setattr(judge_process.protocol, "load_program", lambda _: PROGRAM)
    answers = io.StringIO()
    hello = {"assignment": "week01", "solution": None, "graders": "g", "wanted": "w", "policy": None}
    jail: Any = SimpleNamespace(open=nullcontext)
    judge_process.serve(hello, io.StringIO("{}\n"), answers, jail)
    ready, scored, fault = (json.loads(line) for line in answers.getvalue().splitlines())
    assert ready == {"ready": True}
    assert load_result(scored["scored"]) == SCORE
    assert "a bug of ours" in fault["fault"]
