"""The tolerance has reasons: the reference's own error, rounding of the scale, and a cap."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from torchstone.compare import compare, settled, tolerance
from torchstone.compare.fault import Fault
from torchstone.wire import Record

TRUTH = torch.tensor([1.0, -8.0, 0.5], dtype=torch.float64)
EPS = torch.finfo(torch.float32).eps


def test_at_least_a_few_roundings_of_the_scale() -> None:
    assert tolerance(TRUTH.float(), TRUTH, torch.float32) == pytest.approx(64 * EPS * 8)


@pytest.mark.parametrize("dtype", [torch.float64, torch.complex128])
def test_more_in_float64_whose_truth_is_no_better(dtype: torch.dtype) -> None:
    assert tolerance(TRUTH, TRUTH, dtype) == pytest.approx(4096 * torch.finfo(torch.float64).eps * 8)
    with pytest.raises(Fault):
        compare(TRUTH.float().double() + 1e-8, TRUTH, TRUTH)


def test_sixteen_times_the_error_of_the_reference_itself() -> None:
    want = (TRUTH + torch.tensor([0, 1e-5, 0], dtype=torch.float64)).float()
    error = (want.double() - TRUTH).abs().max().item()
    assert tolerance(want, TRUTH, torch.float32) == pytest.approx(16 * error)


def test_never_more_than_a_thousandth_of_the_scale() -> None:
    assert tolerance((TRUTH + 1).float(), TRUTH, torch.float32) == pytest.approx(8e-3)


def test_the_operands_can_set_the_scale() -> None:
    small = torch.tensor([1e-6], dtype=torch.float64)
    assert tolerance(small.float(), small, torch.float32, scale=10.0) == pytest.approx(64 * EPS * 10)
    with pytest.raises(Fault):
        compare(small.float() * 2, small.float(), small)
    compare(small.float() * 2, small.float(), small, scale=10.0)


def test_entries_that_are_not_finite_do_not_count() -> None:
    truth = torch.cat([TRUTH, torch.tensor([math.inf, math.nan], dtype=torch.float64)])
    assert tolerance(truth.float(), truth, torch.float32) == pytest.approx(64 * EPS * 8)


@settings(deadline=None)
@given(st.floats(-1e3, 1e3), st.floats(0, 1e-2))
def test_what_is_not_settled_would_need_more_than_the_cap(value: float, error: float) -> None:
    truth = torch.tensor([value, 1.0], dtype=torch.float64)
    here = truth + error
    assert settled(here, truth) == (16 * (here - truth).abs().max().item() <= 1e-3 * truth.abs().max().item())


@pytest.mark.parametrize(
    ("here", "truth", "expected"),
    [
        (torch.tensor([math.inf]), torch.tensor([1e300], dtype=torch.float64), False),
        (torch.tensor([math.inf]), torch.tensor([math.inf]).double(), True),
        (torch.tensor([1]), torch.tensor([2]), False),
        (torch.zeros(2), torch.zeros(3).double(), False),
        (torch.zeros(2), torch.zeros(2, dtype=torch.complex128), False),
        (torch.tensor([1.0, math.nan]), torch.tensor([1.0 + 1e-7, math.nan]).double(), True),
        (Record("A", {"x": 1.0}), Record("A", {"x": 1.1}), False),
        (Record("A", {"x": 1.0}), Record("A", {"x": 1.0 + 1e-7}), True),
        ([1e3, 1e-6], [1e3, 0.0], True),
        ([1], [1, 2], False),
        ("a", "b", False),
        (None, None, True),
        (math.nan, math.nan, True),
    ],
)
def test_settled(here: object, truth: object, expected: bool) -> None:
    assert settled(here, truth) is expected
