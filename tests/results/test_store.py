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
from torchstone.results.codec import dump_result
from torchstone.results.summary import Earned, ReadBefore, Stamp


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


VERSION_1 = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE results (
    key TEXT PRIMARY KEY, assignment TEXT NOT NULL, program TEXT NOT NULL, final INTEGER NOT NULL,
    body TEXT NOT NULL, stored TEXT NOT NULL);
CREATE TABLE gradings (
    assignment TEXT NOT NULL, student TEXT NOT NULL, key TEXT NOT NULL, attempt TEXT NOT NULL, repairs TEXT NOT NULL,
    received TEXT, graded TEXT NOT NULL, PRIMARY KEY (assignment, student));
INSERT INTO meta VALUES ('fingerprint', 'f');
INSERT INTO gradings VALUES ('week04', 'ada', 'key', 'sha', '[]', NULL, '2021-10-18T12:00:00+00:00');
PRAGMA user_version=1;
"""


def of_version_1(path, body):
    with sqlite3.connect(path) as db:
        db.executescript(VERSION_1)
        db.execute("INSERT INTO results VALUES ('key','week04','p',1,?,'2021')", (body,))
    db.close()


def test_a_store_of_version_1_is_converted_and_loses_nothing(tmp_path):
    kept = result(diagnosed=True, cpu_seconds=3.5)
    of_version_1(tmp_path / "r.sqlite", dump_result(kept))
    for _ in range(2):
        with Store(tmp_path / "r.sqlite", "f") as store:
            assert store.get("key") == kept
            assert [g.student for g in store.gradings("week04")] == ["ada"]
            assert store.settled(["key"])["key"].summary.exercises == (Earned("mlp", 0.0, 2.0),)
            assert store.seconds("week04") == {"ada": 3.5}
            assert store.stamps("week04") == {}


@pytest.mark.parametrize(("fingerprint", "body"), [("g", dump_result(result())), ("f", "no result")])
def test_what_cannot_be_converted_is_left_as_it_is(tmp_path, fingerprint, body):
    of_version_1(tmp_path / "r.sqlite", body)
    with pytest.raises((SecretError, StoreError)):
        Store(tmp_path / "r.sqlite", fingerprint)
    db = sqlite3.connect(tmp_path / "r.sqlite")
    assert db.execute("PRAGMA user_version").fetchone() == (1,)
    assert len(db.execute("PRAGMA table_info(results)").fetchall()) == 6
    db.close()


def test_settled_is_what_is_final_and_diagnosed(tmp_path):
    with Store(tmp_path / "r.sqlite", "f") as store:
        store.put(result())
        store.put(result(key="told", diagnosed=True))
        store.put(result(key="incomplete", diagnosed=True, missing_devices=("sim",)))
        assert store.settled(["key", "incomplete", "none"]) == {}
        first = store.settled(["told"])["told"]
        store.put(result(key="told", diagnosed=True))
        assert store.settled(["told"])["told"].stored != first.stored
        many = [f"key-{n}" for n in range(2000)]
        assert set(store.settled([*many, "told"])) == {"told"}


def test_a_stamp_lasts_until_the_next_grading(tmp_path):
    grading = Grading("week04", "ada", "key", "sha")
    with Store(tmp_path / "r.sqlite", "f") as store:
        store.record(grading)
        assert store.stamps("week04") == {}
        store.stamp("week04", "ada", Stamp("in", "out"))
        assert store.stamps("week04") == {"ada": Stamp("in", "out")}
        store.record(grading)
        assert store.stamps("week04") == {}


def test_readings_are_of_one_rule_and_forgotten_with_the_student(tmp_path):
    read = {"sha-ada": ReadBefore("p", (Repair("magic", "left out"),)), "sha-bob": ReadBefore("p", ())}
    with Store(tmp_path / "r.sqlite", "f") as store:
        store.remember("rules", read)
        assert store.readings("rules") == read
        assert store.readings("other rules") == {}
        store.record(Grading("week04", "ada", "key", "sha-ada"))
        store.record(Grading("week04", "bob", "key", "sha-bob"))
        store.forget("ada")
        assert set(store.readings("rules")) == {"sha-bob"}


def begin(store):
    with store.together():
        store.record(Grading("week04", "ada", "key", "sha"))
        raise KeyboardInterrupt


def test_together_is_whole_or_not_at_all(tmp_path):
    with Store(tmp_path / "r.sqlite", "f") as store:
        with pytest.raises(KeyboardInterrupt):
            begin(store)
        assert store.grading("week04", "ada") is None
        with store.together():
            store.record(Grading("week04", "ada", "key", "sha"))
        assert store.grading("week04", "ada") is not None
