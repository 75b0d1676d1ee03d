"""`compare`: what agrees passes, and the first stage that fails is what a student reads."""

from __future__ import annotations

import contextlib
import math
from collections import namedtuple
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from torchstone.compare import Fault, compare, differences, same
from torchstone.model import Stage
from torchstone.wire import Record

Pair = namedtuple("Pair", "plus minus")


@dataclass
class Data:
    plus: object
    minus: object


numbers = st.floats(-1e6, 1e6, allow_nan=False, width=32)
leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(2**62), 2**62)
    | st.floats()
    | st.text(max_size=5)
    | st.lists(numbers, min_size=1, max_size=4).map(torch.tensor)
    | st.lists(st.integers(-9, 9), max_size=4).map(lambda v: torch.tensor(v, dtype=torch.int64))
)
trees = st.recursive(
    leaves,
    lambda t: st.lists(t, max_size=3) | st.dictionaries(st.text(max_size=4), t, max_size=3) | st.tuples(t, t),
    max_leaves=6,
)


def fault(got: Any, want: Any, truth: Any = None, **options: Any) -> Fault:
    with pytest.raises(Fault) as caught:
        compare(got, want, truth, **options)
    return caught.value


@settings(deadline=None)
@given(trees)
def test_everything_agrees_with_itself(tree: Any) -> None:
    compare(tree, tree)
    assert same(tree, tree)


@settings(deadline=None)
@given(trees, trees)
def test_whatever_comes_is_right_or_a_fault_and_nothing_else(got: Any, want: Any) -> None:
    found = list(differences(got, want))
    assert all(d.fault.message for d in found)
    with pytest.raises(Fault) if found else contextlib.nullcontext():
        compare(got, want)


@settings(deadline=None)
@given(st.lists(numbers, min_size=2, max_size=6), st.integers(0, 5), st.floats(0.01, 100))
def test_an_entry_off_by_a_hundredth_of_the_scale_is_wrong(values: list[float], index: int, by: float) -> None:
    want = torch.tensor(values)
    got = want.clone()
    got[index % len(values)] += by * want.abs().max() + 1e-20
    assert fault(got, want).stage is Stage.VALUE
    assert not same(got, want)


def test_rounding_passes_and_what_is_no_rounding_does_not() -> None:
    truth = torch.linspace(-3, 5, 91, dtype=torch.float64)
    want = truth.float()
    compare(want * (1 + 2e-6), want, truth)
    assert fault(want * (1 + 2e-4), want, truth).stage is Stage.VALUE


X = torch.arange(6.0).reshape(2, 3)


@pytest.mark.parametrize(
    ("got", "want", "stage"),
    [
        (None, X, Stage.TYPE),
        ([1.0], X, Stage.TYPE),
        (X.to_sparse(), X, Stage.TYPE),
        (X.T, X, Stage.SHAPE),
        (X.sum(), X.sum()[None], Stage.SHAPE),
        (X.double(), X, Stage.DTYPE),
        (X.int(), X, Stage.DTYPE),
        (X * math.nan, X, Stage.FINITE),
        (X / X[:, :1], X, Stage.FINITE),
        (X, X / 0, Stage.FINITE),
        (-X / 0, X / 0, Stage.FINITE),
        (X + 1, X, Stage.VALUE),
        (X.long() + 1, X.long(), Stage.VALUE),
        (X > 1, X > 2, Stage.VALUE),
        (X / X[:, :1], X / X[:, :1] + 1, Stage.VALUE),
        (torch.empty(0, 3), torch.zeros(1, 3), Stage.SHAPE),
        (X[0] * 1j, X[0] * 2j, Stage.VALUE),
        (True, 1, Stage.TYPE),
        (2, True, Stage.TYPE),
        ("b", "a", Stage.VALUE),
        ("a", 1.0, Stage.TYPE),
        (math.inf, 1.0, Stage.FINITE),
        (1.0, math.inf, Stage.FINITE),
        (1.1, 1.0, Stage.VALUE),
        (3, 4, Stage.VALUE),
        (1j, 2j, Stage.VALUE),
        ([1, 2], [1, 2, 3], Stage.SHAPE),
        (3, [1, 2, 3], Stage.TYPE),
        ({"a": 1}, {"a": 1, "b": 2}, Stage.TYPE),
        ([1], {"a": 1}, Stage.TYPE),
        ({1, 2}, {1, 3}, Stage.VALUE),
        (Record("Tensor", {"shape": (2, 3)}), X, Stage.TYPE),
        (10**400, 1.0, Stage.VALUE),
    ],
)
def test_the_stage_says_what_is_wrong(got: Any, want: Any, stage: Stage) -> None:
    assert fault(got, want).stage is stage


def test_the_earliest_stage_over_all_parts_is_told() -> None:
    want = {"output": X, "hidden": X, "gradient": {"W": X, "b": X[0]}}
    got = {"output": X + 1, "hidden": X, "gradient": {"W": X + 1, "b": X[0].double()}}
    assert (fault(got, want).stage, fault(got, want).path) == (Stage.DTYPE, "gradient.b")
    got["gradient"]["b"] = X[0]  # type: ignore[index]
    assert (fault(got, want).stage, fault(got, want).path) == (Stage.VALUE, "output")
    got["output"] = X
    assert (fault(got, want).stage, fault(got, want).path) == (Stage.GRADIENT, "gradient.W")


def test_no_gradient_is_a_gradient_of_zeros() -> None:
    compare({"gradient": [None]}, {"gradient": [X * 0]})
    compare({"gradient": [X * 0]}, {"gradient": [None]})
    missing = fault({"gradient": [None]}, {"gradient": [X]})
    assert missing.stage is Stage.GRADIENT
    assert "no gradient arrives" in missing.message
    assert fault({"value": None}, {"value": X * 0}).stage is Stage.TYPE


@pytest.mark.parametrize(
    "spelling",
    [
        (X, -X),
        [X, -X],
        {"plus": X, "minus": -X},
        {"minus": -X, "plus": X},
        Pair(X, -X),
        namedtuple("Mine", "a b")(X, -X),
        Data(X, -X),
        Record("Anything", {"minus": -X, "plus": X}),
    ],
)
@pytest.mark.parametrize("record", [Pair(X, -X), Data(X, -X), Record("Pair", {"plus": X, "minus": -X})])
def test_a_record_may_be_spelled_in_many_ways(spelling: Any, record: Any) -> None:
    compare(spelling, record)


@pytest.mark.parametrize("spelling", [(-X, X), {"plus": X}, {"plus": -X, "minus": X}, (X, -X, X), X, None])
def test_a_record_is_not_anything(spelling: Any) -> None:
    fault(spelling, Pair(X, -X))


def test_a_dictionary_is_no_tuple() -> None:
    assert fault((X, -X), {"plus": X, "minus": -X}).stage is Stage.TYPE


def test_python_numbers() -> None:
    compare(1.0 + 1e-12, 1.0)
    compare(float(torch.tensor(0.1)), float(torch.tensor(0.1)), 0.1)
    compare(float(torch.tensor(0.1)) + 1e-7, float(torch.tensor(0.1)), 0.1)  # a float that was a float32
    assert fault(0.1 + 1e-7, 0.1).stage is Stage.VALUE
    compare([1e3, 1e-10], [1e3, 0.0])  # a list of numbers is compared like a tensor
    compare(3.0, 3)
    compare(torch.tensor([2.5]), 2.5)


# ---- words ----------------------------------------------------------------------------------------------------------


def test_the_gap_is_always_told() -> None:
    assert fault(X[:, :2], X).message == "shape 2×2; expected 2×3"
    assert fault(X.T, X).message == "shape 3×2; expected 2×3: transposed?"
    assert fault(2 * X, X).message == (
        "5 of 6 entries differ; the worst, at [1, 2], is off by 1 times the largest entry; "
        "it is 2 times what it should be"
    )
    assert fault((X, X * 0), (X, X)).message.startswith("result[1]: 5 of 6 entries differ")
    assert fault((X, X * 0), (X, X)).message.endswith("every entry is zero")
    assert fault({"a": 1, "c": 1}, {"a": 1, "b": 2}).message == "b missing; c unexpected"


def test_a_single_number_is_not_told_by_its_ratio() -> None:
    """With what came and the ratio, the truth of a single number would be known."""
    assert "times" not in fault(3.0, 7.0).message
    assert "times" not in fault(torch.tensor(3.0), torch.tensor(7.0)).message
    assert "2 times" in fault(14.0, 7.0).message
    assert "sign" in fault(torch.tensor(-7.0), torch.tensor(7.0)).message


def test_keys_that_are_data_are_not_told() -> None:
    message = fault({"the cat": 1}, {"the cat": 1, "secret word": 2}).message
    assert "secret" not in message
    assert "1 entries missing" in message


@pytest.mark.parametrize("key", ["", "\u200b"])
def test_a_key_of_nothing_to_see_is_told(key: str) -> None:
    assert "''" in fault({key: None}, {}).message


def test_words_of_the_student_are_cleaned_and_capped() -> None:
    kind = "Evil\x1b[31m\u202e\n" + "x" * 500
    message = fault(Record(kind, {}), X).message
    assert message.isprintable()
    assert len(message) < 120
    long = fault({"k" * 3000 + str(i): 1 for i in range(50)}, {"a": 1}).message
    assert len(long) < 600
