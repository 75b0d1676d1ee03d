"""The arithmetic of a grade, against its laws and against a second way of computing it."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torchstone.seminar.grades.grade import PARTS, Item, Policy, compute, exact, rounded

EVEN = dict.fromkeys(PARTS, Fraction(25))
points = st.integers(0, 100).map(Fraction)


def scored(name, earned, maximum=100, lost=Fraction(0)):
    return Item(name, name, "graded", Fraction(earned), Fraction(maximum), lost)


def items_of(exercises, explorations=(80, 80, 80), presentation=(70,), participation=(100, 90)):
    numbers = dict(zip(PARTS, (exercises, explorations, presentation, participation), strict=True))
    return {name: [scored(f"w{n}", v) for n, v in enumerate(values)] for name, values in numbers.items()}


def test_a_grade_is_the_weighted_mean_of_means():
    grade = compute(Policy(EVEN), "ann", "Ann", items_of((100, 50)))
    assert grade.final == Fraction(25 * 75 + 25 * 80 + 25 * 70 + 25 * 95, 100)
    assert (grade.shown, grade.so_far) == (Decimal("80.00"), grade.final)
    assert grade.open_because == ()


@pytest.mark.parametrize(
    ("percent", "decimals", "shown"),
    [("92.995", 2, "93.00"), ("92.9949", 2, "92.99"), ("0.005", 2, "0.01"), ("79.5", 0, "80"), ("100", 2, "100.00")],
)
def test_rounding_is_half_up_and_exact(percent, decimals, shown):
    assert str(rounded(Fraction(percent), decimals)) == shown


@given(st.decimals(0, 100, places=4), st.integers(0, 4))
def test_rounding_agrees_with_decimals_own(percent, decimals):
    from decimal import ROUND_HALF_UP

    wanted = percent.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    assert rounded(Fraction(percent), decimals) == wanted


def test_decimals_are_what_was_written():
    assert exact(0.1) == Fraction(1, 10)
    assert exact(8.2) * 3 == Fraction(246, 10)


def test_a_letter_is_read_from_what_is_shown():
    letters = (("A", Fraction(93)), ("B", Fraction(80)), ("F", Fraction(0)))
    policy = Policy({**dict.fromkeys(PARTS, Fraction(0)), "exercises": Fraction(100)}, letters=letters)

    def letter(percent):
        return compute(policy, "a", "A", {"exercises": [scored("w", Fraction(percent))]}).letter

    assert [letter(p) for p in ("92.995", "92.99", "80", "79.99", "0")] == ["A", "B", "B", "F", "F"]


def test_what_is_missing_is_not_zero_unless_the_policy_says_so():
    items = items_of((100, 50))
    items["exercises"].append(Item("w9", "w9", "missing"))
    opened = compute(Policy(EVEN), "a", "A", items)
    assert (opened.final, opened.letter) == (None, None)
    assert opened.part("exercises").fraction == Fraction(3, 4)
    assert opened.open_because == ("Weekly exercises, w9: missing",)
    zero = compute(Policy(EVEN, missing_is_zero=True), "a", "A", items)
    assert zero.part("exercises").fraction == Fraction(1, 2)
    assert zero.final is not None


@pytest.mark.parametrize("state", ["waiting", "ahead"])
def test_what_we_owe_or_is_still_to_come_is_never_zero(state):
    items = items_of((100, 50))
    items["presentation"] = [Item("w1", "w1", state)]
    grade = compute(Policy(EVEN, missing_is_zero=True), "a", "A", items)
    assert grade.final is None
    assert grade.part("presentation").fraction is None
    assert grade.so_far == Fraction(25 * 75 + 25 * 80 + 25 * 95, 75)


def test_a_part_without_weight_keeps_nothing_open():
    weights = {**EVEN, "exercises": Fraction(50), "participation": Fraction(0)}
    items = {**items_of((100, 50)), "participation": []}
    assert compute(Policy(weights), "a", "A", items).final is not None


@given(st.lists(points, min_size=1, max_size=8), st.integers(0, 4))
def test_dropping_leaves_the_mean_of_the_best(earned, count):
    part = compute(Policy(EVEN, drop_lowest=count), "a", "A", items_of(earned)).part("exercises")
    best = sorted(earned)[min(count, len(earned) - 1) :]
    assert part.fraction == sum(best) / len(best) / 100
    assert sum(i.state == "dropped" for i in part.items) == len(earned) - len(best)


@given(st.lists(points, min_size=2, max_size=6), st.integers(0, 5), points)
def test_a_better_score_never_lowers_the_grade(earned, which, more):
    which %= len(earned)
    better = [*earned]
    better[which] = min(Fraction(100), better[which] + more)
    for policy in (Policy(EVEN), Policy(EVEN, drop_lowest=1), Policy(EVEN, missing_is_zero=True)):
        before = compute(policy, "a", "A", items_of(earned)).final
        assert compute(policy, "a", "A", items_of(better)).final >= before


def test_what_is_missing_uses_up_a_drop_first():
    items = items_of((100, 50))
    items["exercises"].append(Item("w9", "w9", "missing"))
    grade = compute(Policy(EVEN, drop_lowest=1), "a", "A", items)
    assert grade.part("exercises").fraction == Fraction(3, 4)
    assert grade.final is not None


def test_lateness_takes_from_the_maximum_and_not_below_zero():
    late = scored("w", 90, 100, Fraction(1, 10))
    assert late.fraction == Fraction(8, 10)
    assert scored("w", 5, 100, Fraction(1, 10)).fraction == 0


def test_nothing_at_all_is_nothing_and_not_zero():
    grade = compute(Policy(EVEN), "a", "A", {})
    assert (grade.final, grade.so_far) == (None, None)
    assert len(grade.open_because) == 4
