"""Whose a file is: by id, e-mail or name; never a guess."""

from __future__ import annotations

import pytest

from torchstone.collecting.match import Matcher


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("ada", "ada"),
        ("ADA@example.org", "ada"),
        ("Ada Lovelace, Countess", "ada"),
        ("Lovelace, Countess, Ada", "ada"),
        ("Jose Maria Nunez-Oz", "jose"),
        ("NÚÑEZ ÖZ José María", "jose"),
        ("Jose\u0301 Mari\u0301a Nu\u0301n\u0303ez O\u0308z", "jose"),
        ("梅 李", "mei"),
        ("李 梅", "mei"),
        ("sam1", "sam1"),
    ],
)
def test_ids_mails_and_names(roster, name, student):
    assert Matcher(roster).match([name]).student.id == student


@pytest.mark.parametrize(
    ("name", "student"), [("lovelacecountessada", "ada"), ("nunezozjosemaria", "jose"), ("李梅", "mei")]
)
def test_squeezed_names(roster, name, student):
    assert Matcher(roster).match([], squeezed=[name]).student.id == student


@pytest.mark.parametrize("name", ["", " ", "nobody", "José", "Lovelace", "ada2", "-", "_"])
def test_unknown_names_are_not_guessed(roster, name):
    match = Matcher(roster).match([name])
    assert match.student is None
    assert "nobody in the roster" in match.reason


def test_names_that_fit_two_are_not_guessed(roster):
    match = Matcher(roster).match(["Sam Smith"])
    assert match.student is None
    assert "sam1 and sam2" in match.reason
    assert Matcher(roster).match(["ada", "mei"]).student is None
    assert Matcher(roster).match(["ada", "Ada Lovelace, Countess"]).student.id == "ada"
