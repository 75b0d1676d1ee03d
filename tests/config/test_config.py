"""course_config.py: what is accepted, and the one line that a wrong value gives."""

import copy
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torchstone import config
from torchstone.errors import ConfigError, CourseError

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def settings():
    import runpy

    return runpy.run_path(str(ROOT / config.FILE))["course"]


def changed(settings, key, value):
    settings = copy.deepcopy(settings)
    *path, last = key.split(".")
    place = settings
    for part in path:
        place = place[part]
    place[last] = value
    return settings


def test_the_courses_own_configuration_is_valid():
    course = config.load(ROOT)
    assert len(course.topics) == 14
    assert course.topic("week04").title == "Multilayer perceptrons"
    assert course.gradebook_path == ROOT / "gradebook.db"


@pytest.mark.parametrize("url", ["postgresql://g@db/grades", "postgresql+psycopg://g@db/grades"])
def test_a_gradebook_on_a_server_is_reached_by_psycopg(settings, url):
    course = config.Course(ROOT, config.parse(changed(settings, "gradebook", url)))
    assert course.gradebook_url == "postgresql+psycopg://g@db/grades"
    assert course.gradebook_path is None


def test_deadlines_follow_the_wall_clock_when_the_clocks_change():
    course = config.load(ROOT)
    before, after = course.due("week06"), course.due("week07")  # 1 and 8 November: the change is on the 7th
    assert (before.hour, after.hour) == (23, 23)
    assert after.astimezone(UTC) - before.astimezone(UTC) == timedelta(days=7, hours=1)


@pytest.mark.parametrize(
    ("key", "value", "line"),
    [
        ("limits.cpu_seconds", -3, "limits.cpu_seconds is -3; allowed: greater than 0"),
        ("late.per_day", 1.5, "late.per_day is 1.5; allowed: less than or equal to 1"),
        ("timezone", "Middle/Earth", "timezone is 'Middle/Earth'; allowed: a name of the IANA time zone database"),
        ("devices.scored", ["sim"], "devices.scored is ['sim']; allowed: a list that holds 'cpu'"),
        ("devices.scored", ["cpu", "tpu"], "devices.scored[1] is 'tpu'; allowed: 'cpu', 'sim' or 'cuda'"),
        ("jail.tier", "none", "jail.tier is 'none'; allowed: 'auto', 'namespaces' or 'landlock'"),
        ("weights.presentation", 30, "allowed: weights that add up to 100 (these add up to 105)"),
        ("limits.memory", 1, "limits.memory is not a key of the configuration"),
        ("topics", [], "topics is []; allowed"),
        ("id", "a b", "id is 'a b'; allowed"),
    ],
)
def test_a_wrong_value_gives_one_line(settings, key, value, line):
    with pytest.raises(ConfigError) as caught:
        config.parse(changed(settings, key, value))
    assert line in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_a_missing_key_is_named(settings):
    settings = dict(settings)
    del settings["timezone"]
    with pytest.raises(ConfigError, match="timezone is missing"):
        config.parse(settings)


@given(
    st.recursive(
        st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_no_value_raises_anything_but_a_config_error(value):
    with pytest.raises(ConfigError):
        config.parse(value)


def test_an_error_in_the_file_is_told_with_its_line(tmp_path):
    (tmp_path / config.FILE).write_text("x = 1\ny = x / 0\n")
    with pytest.raises(ConfigError, match="line 2: ZeroDivisionError"):
        config.load(tmp_path)


def test_a_folder_without_configuration_is_named(tmp_path):
    with pytest.raises(CourseError, match=r"no course_config\.py"):
        config.find_root(tmp_path)


def test_an_unknown_week_lists_the_known_ones():
    with pytest.raises(CourseError, match=r"week15.*week01"):
        config.load(ROOT).topic("week15")
