from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torchstone.feedback.texts import code_line, one_line, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", "\\x1b[2J"),
        ("a\u202eb", "a\\u202eb"),
        ("\u2066x\u2069", "\\u2066x\\u2069"),
        ("\ufeff", "\\ufeff"),
        ("\udc80", "\\udc80"),
        ("\U000e0041", "\\U000e0041"),
        ("a\u2028b", "a\\u2028b"),
        ("a\r\nb\rc\td", "a\nb\nc\td"),
        ("Bjørn ∇ 你好 👩\u200d🚀", "Bjørn ∇ 你好 👩\u200d🚀"),
        ("z" + "\u0301" * 50, "z" + "\u0301" * 4),
    ],
)
def test_visible_spells_out_what_cannot_be_seen(text, shown):
    assert visible(text) == shown


def test_visible_tells_how_much_it_cut():
    assert visible("x" * 1500) == "x" * 300 + " … (1,200 characters more)"
    assert visible("x" * 300) == "x" * 300


def test_one_line_is_one_line():
    assert one_line(" a\n\n  b\tc ") == "a b c"


def test_code_line_drops_the_indentation():
    assert code_line("    return x  ") == "return x"


@given(st.text(st.characters(), max_size=600), st.integers(0, 400))
def test_visible_holds_no_control_character_and_ends(text, limit):
    shown = visible(text, limit)
    assert all(c in "\n\t\u200c\u200d" or unicodedata.category(c) not in ("Cc", "Cf", "Cs") for c in shown)
    assert len(shown) <= 10 * limit + 40
    shown.encode("utf-8")


@given(st.text(st.characters(), max_size=200))
def test_visible_does_not_change_what_it_made_visible(text):
    assert visible(visible(text), 10_000) == visible(text)
