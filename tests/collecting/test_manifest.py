"""The manifest keeps everything and says which attempt counts."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from torchstone.collecting import Attempt, Manifest
from torchstone.errors import CourseError


@pytest.fixture(scope="session")
def attempt():
    when = datetime.fromisoformat("2021-11-07T01:30:00-05:00")
    return Attempt("ada", "week04", 1, "ab" * 32, 10, when, "archive", "a.zip: ä.ipynb", "week04/ada/1-abababab.ipynb")


def test_written_and_read_back(tmp_path, attempt):
    manifest = Manifest().with_record(attempt).with_record(replace(attempt, student="mei", kept=False))
    path = tmp_path / "deep" / "manifest.json"
    manifest.write(path)
    assert Manifest.load(path) == manifest
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [p.name for p in path.parent.iterdir()] == ["manifest.json"]


def test_there_is_none_yet(tmp_path):
    assert Manifest.load(tmp_path / "none.json") == Manifest()
    assert Manifest().latest("ada", "week04") is None


def test_a_record_with_an_earlier_number_corrects_its_time(attempt):
    later = replace(attempt, number=2, received=attempt.received + timedelta(hours=1))
    corrected = replace(attempt, received=attempt.received + timedelta(hours=2), source_of_time="listing")
    manifest = Manifest((attempt, later))
    assert manifest.latest("ada", "week04") == later
    assert manifest.with_record(corrected).latest("ada", "week04") == corrected
    assert manifest.with_record(corrected).attempts("ada", "week04") == (corrected, later)
    assert attempt in manifest.with_record(corrected).records


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["ada", "mei"]), st.integers(0, 5)), max_size=8))
def test_the_latest_is_the_one_received_last(attempt, arrivals):
    manifest = Manifest()
    for student, hours in arrivals:
        number = len(manifest.attempts(student, "week04")) + 1
        received = attempt.received + timedelta(hours=hours)
        manifest = manifest.with_record(replace(attempt, student=student, number=number, received=received))
    for student in ("ada", "mei"):
        mine = [hours for who, hours in arrivals if who == student]
        latest = manifest.latest(student, "week04")
        assert (latest is None) == (not mine)
        assert latest is None or latest.received == attempt.received + timedelta(hours=max(mine))
    assert len(manifest.records) == len(arrivals)


@pytest.mark.parametrize(
    "change",
    [
        {"received": "2021-10-04T09:15:00"},
        {"received": "soon"},
        {"received": 3},
        {"source_of_time": "guess"},
        {"student": None},
        {"number": "1"},
        {"more": 1},
    ],
)
def test_a_damaged_manifest_is_refused_and_kept(tmp_path, attempt, change):
    path = tmp_path / "manifest.json"
    Manifest((attempt,)).write(path)
    content = json.loads(path.read_text())
    content["attempts"][0].update(change)
    path.write_text(json.dumps(content))
    before = path.read_bytes()
    with pytest.raises(CourseError, match="damaged"):
        Manifest.load(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 2, "attempts": []}', '{"version": 1}'])
def test_what_is_no_manifest_is_refused(tmp_path, text):
    path = tmp_path / "manifest.json"
    path.write_text(text)
    with pytest.raises(CourseError, match=r"damaged|another Torchstone"):
        Manifest.load(path)
