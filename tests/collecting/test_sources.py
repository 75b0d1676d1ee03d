"""Layouts of downloads: which file is whose."""

from __future__ import annotations

import pytest

from torchstone.collecting.entries import Entry
from torchstone.collecting.match import Matcher
from torchstone.collecting.sources import offers, preferred


def offered(roster, *names):
    chosen, unmatched = offers([Entry(n, 1, None, i) for i, n in enumerate(names)], "week04", Matcher(roster))
    return {o.student.id: o.entry.name for o in chosen}, unmatched


@pytest.mark.parametrize(
    "name",
    [
        "José María Núñez-Öz_12345_assignsubmission_file_/week04.ipynb",
        "José María Núñez-Öz_12345_assignsubmission_file_week04.ipynb",
        "Week 4-778/José María Núñez-Öz_12345_assignsubmission_file_/sub/My_1_2_work.ipynb",
        "nunezozjosemaria_123_456_week04.ipynb",
        "nunezozjosemaria_LATE_123_456_week04-2.ipynb",
        "submissions/nunezozjosemaria_123_456_anything.ipynb",
        "submitted/jose/week04/week04.ipynb",
        "jose/week04/week04.ipynb",
        "jose.ipynb",
        "jose_week04.ipynb",
        "week04-jose.IPYNB",
        "jose/Untitled 3.ipynb",
        "week04/jose.ipynb",
        "jose@example.org/week04.ipynb",
        "Núñez-Öz, José María.ipynb",
    ],
)
def test_layouts(roster, name):
    assert offered(roster, name) == ({"jose": name}, [])


@pytest.mark.parametrize(
    "name",
    [
        "__MACOSX/jose/._week04.ipynb",
        "jose/.ipynb_checkpoints/week04-checkpoint.ipynb",
        "jose/report.pdf",
        "submitted/jose/week03/week03.ipynb",
    ],
)
def test_files_that_are_no_concern_of_ours(roster, name):
    assert offered(roster, name) == ({}, [])


def test_nobody_and_several_are_listed(roster):
    found, unmatched = offered(
        roster, "Eve_1_assignsubmission_file_/week04.ipynb", "smithsam_1_2_a.ipynb", "week04.ipynb"
    )
    assert found == {}
    assert [u.path for u in unmatched] == [
        "Eve_1_assignsubmission_file_/week04.ipynb",
        "smithsam_1_2_a.ipynb",
        "week04.ipynb",
    ]
    assert "sam1 and sam2" in unmatched[1].reason


def test_path_and_name_that_disagree_are_listed(roster):
    found, (listed,) = offered(roster, "ada/mei.ipynb")
    assert found == {}
    assert "ada and mei" in listed.reason


def test_of_several_files_the_one_named_like_the_assignment(roster):
    assert offered(roster, "ada/notes.ipynb", "ada/Week04.ipynb", "ada/x.zip")[0] == {"ada": "ada/Week04.ipynb"}
    found, (listed,) = offered(roster, "ada/a.ipynb", "ada/b.ipynb")
    assert found == {}
    assert "ada has 2 files" in listed.reason


@pytest.mark.parametrize(
    ("files", "best"),
    [
        (["a.ipynb"], [0]),
        (["week04 (1).ipynb", "notes.ipynb"], [0]),
        (["week04.zip", "other.ipynb"], [1]),
        (["week04.zip"], [0]),
        (["a.ipynb", "b.ipynb"], [0, 1]),
        (["week04-1.ipynb", "week04-2.ipynb"], [0, 1]),
        ([], []),
    ],
)
def test_preference(files, best):
    assert preferred(files, "week04") == best
