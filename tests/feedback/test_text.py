from __future__ import annotations

from torchstone.feedback import text_summary


def test_says_total_next_step_and_every_check(mixed):
    text = text_summary(mixed)
    assert text.startswith("Multilayer perceptrons (week04), Bjørn Kowalski: 12.2 of 52 points so far\n")
    for part in (
        "1. Mend cell 19 first.",
        "◐ activations: 8 of 10 · Part of the points",
        "✗ The gradient of every parameter and of the input, from a random upstream gradient (0 of 8)",
        "cell 11, line 18: return",
        "! my_gradcheck: – of 10 · Not settled, on our side",
        "Late penalty 1.8: Received 2 days after the deadline",
    ):
        assert part in text


def test_gives_no_hint_and_no_staff_fact_away(mixed, canary):
    text = text_summary(mixed)
    assert "its gradient sums" not in text
    assert canary not in text


def test_drives_no_terminal(hostile):
    assert all(character.isprintable() or character == "\n" for character in text_summary(hostile))


def test_checks_fit_a_terminal(good):
    assert max(map(len, text_summary(good).splitlines())) <= 100


def test_a_repair_names_its_cell_once(mixed):
    text = text_summary(mixed)
    assert "! cell 2: The line “%matplotlib inline” was left out" in text
    assert "! The answer cell of dropout was there twice" in text
