"""The results store: durable, content-addressed, private, and strict about version and secret."""

import sqlite3
import stat
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from torchstone.errors import SecretError, StoreError
from torchstone.model import (
    CheckResult,
    ExerciseResult,
    Grading,
    Hint,
    Repair,
    Result,
    Stage,
    Verdict,
    Where,
)
from torchstone.results import Store


def result(**changes):
    verdict = Verdict(Stage.VALUE, "3 of 4 entries differ", where=Where("cell 7", 2, "x = «y»"), hint=Hint("n", "why?"))
    check = CheckResult("mlp", "test_logits", "The logits", 2.0, 0.0, "failed", verdict=verdict)
    exercise = ExerciseResult("mlp", 2.0, 0.0, (check,))
    return replace(Result("week04", "p", "key", (exercise,), "namespaces", fingerprint="f"), **changes)


def test_what_was_put_is_there_for_the_next_process(tmp_path):
    with Store(tmp_path / "r.sqlite", "f") as store:
        store.put(result())
    with Store(tmp_path / "r.sqlite", "f") as store:
        assert store.get("key") == result()
        assert store.get("other") is None


def test_it_is_private(tmp_path):
    with Store(tmp_path / "state" / "r.sqlite", "f"):
        assert stat.S_IMODE((tmp_path / "state" / "r.sqlite").stat().st_mode) == 0o600
        assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700


def test_a_diagnosis_replaces_the_bare_score(tmp_path):
    with Store(tmp_path / "r.sqlite", "f") as store:
        store.put(result())
        store.put(result(diagnosed=True))
        assert store.get("key").diagnosed


def test_faults_of_ours_are_kept_for_the_pages_and_never_final(tmp_path):
    check = CheckResult("mlp", "test_logits", "The logits", 2.0, 0.0, "course_fault", staff="the reference crashed")
    faulty = result(exercises=(ExerciseResult("mlp", 2.0, 0.0, (check,)),))
    incomplete = result(key="other", missing_devices=("sim",))
    with Store(tmp_path / "r.sqlite", "f") as store:
        store.put(faulty)
        store.put(incomplete)
        assert store.get("key") is None
        assert store.get("other") is None
        assert store.latest("key") == faulty
        assert store.latest("other") == incomplete


def test_gradings_by_student(tmp_path):
    noon = datetime(2021, 10, 18, 12, tzinfo=UTC)
    first = Grading("week04", "ada", "key", "sha", (Repair("magic", "left out", "cell 3"),), noon, noon)
    with Store(tmp_path / "r.sqlite", "f") as store:
        store.record(first)
        store.record(replace(first, student="bob"))
        assert store.grading("week04", "ada") == first
        assert store.grading("week05", "ada") is None
        store.record(replace(first, key="newer"))
        assert [(g.student, g.key) for g in store.gradings("week04")] == [("ada", "newer"), ("bob", "key")]


def test_another_secret_is_refused(tmp_path):
    Store(tmp_path / "r.sqlite", "f").close()
    with pytest.raises(SecretError, match="another secret"):
        Store(tmp_path / "r.sqlite", "g")


def test_another_version_is_refused_and_left_as_it_is(tmp_path):
    Store(tmp_path / "r.sqlite", "f").close()
    with sqlite3.connect(tmp_path / "r.sqlite") as db:
        db.execute("PRAGMA user_version=7")
    db.close()
    with pytest.raises(StoreError, match="version 7"):
        Store(tmp_path / "r.sqlite", "f")


def test_something_else_is_refused(tmp_path):
    (tmp_path / "r.sqlite").write_text("this is no database, only some text that is long enough to be looked at\n" * 20)
    with pytest.raises(StoreError, match="cannot be used"):
        Store(tmp_path / "r.sqlite", "f")
