"""Causes of wrong answers: every fault of the list is named by its class, and nothing else is given a name."""

from __future__ import annotations

import random
from typing import Any

import pytest
import torch

from benchmarks.faults.draws import listed, unlisted
from benchmarks.faults.listed import LISTED
from benchmarks.faults.operations import OPERATIONS, observed, probe, sizes
from benchmarks.faults.unlisted import UNLISTED
from torchstone.compare import differences
from torchstone.compare.hypotheses import FAMILIES, HYPOTHESES, Observation, explain
from torchstone.model import Stage


@pytest.fixture(autouse=True, scope="module")
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def test_faults_of_the_list_are_named_by_their_class() -> None:
    tallies = listed(400, seed=2021)
    wrong = {name: dict(t.wrong) for name, t in tallies.items() if t.wrong}
    assert sum(t.right for t in tallies.values()) >= 0.99 * sum(t.drawn for t in tallies.values()), wrong
    assert all(t.right for t in tallies.values()), wrong


def test_faults_outside_the_list_are_given_no_name() -> None:
    assert len(UNLISTED) >= 40
    assert {fault.name: names for fault, names in unlisted(1, seed=7) if any(names)} == {}


def test_every_hypothesis_is_drawn_and_every_fault_has_its_hypothesis() -> None:
    known = {h.name for h in HYPOTHESES}
    assert len(known) == len(HYPOTHESES)
    assert {fault.named for fault in LISTED} == known - {"nothing is returned", "None came"}


def test_a_right_answer_needs_no_name() -> None:
    rng = random.Random(3)
    for operation in OPERATIONS.values():
        p = probe(operation, sizes(rng), rng.getrandbits(30))
        assert explain([observed(p, p.want)]) is None


def _seen(got: object, want: object, *inputs: torch.Tensor, stage: Stage = Stage.VALUE, **more: object) -> Observation:
    return Observation(got, want, None, inputs, stage, **more)  # type: ignore[arg-type]


X = torch.arange(1.0, 13.0).reshape(3, 4)


def test_all_probes_must_be_explained() -> None:
    assert (hint := explain([_seen(-X, X), _seen(-X[:2], X[:2])]))
    assert hint.name == "negated"
    assert explain([_seen(-X, X), _seen(X * X, X)]) is None


def test_what_cannot_be_told_apart_has_one_wording() -> None:
    """A factor of 2 where there are two examples: a sum, or a factor of its own?"""
    assert explain([_seen(2 * X[:2], X[:2], X[:2])]) == FAMILIES["scale"]
    hint = explain([_seen(2 * X[:2], X[:2], X[:2], probe="e/c/a"), _seen(3 * X, X, X, probe="e/c/b")])
    assert hint
    assert hint.name == "a sum for a mean over the batch"


def test_a_probe_that_passed_refutes_a_factor_that_it_would_have_shown() -> None:
    failed = _seen(3 * X, X, X, probe="e/c/a")
    passed = Observation(inputs=(torch.cat([X, X]),), probe="e/c/b")
    assert explain([failed, passed]) is None


def test_two_entries_or_one_step_are_no_evidence() -> None:
    assert explain([_seen(X[0, :2] + 1, X[0, :2])]) is None
    assert explain([_seen([X[:1], X[1:2] * X[:1]], [X[:1], X[1:2]])]) is None


def test_nothing_returned() -> None:
    hint = explain([_seen(None, X, stage=Stage.TYPE), _seen({"value": None}, {"value": X}, stage=Stage.TYPE)])
    assert hint
    assert hint.name == "nothing is returned"
    assert explain([_seen((X, None), (X, X), stage=Stage.TYPE)]) is None


def test_none_out_of_a_scenario_may_be_a_gradient_that_does_not_arrive() -> None:
    hint = explain([_seen(None, X, stage=Stage.TYPE, direct=False)])
    assert hint
    assert hint.name == "None came"


_LEAVES: tuple[Any, ...] = (
    torch.empty(0),
    torch.empty(0, 3),
    torch.tensor(2.0),
    torch.full((2, 3), torch.nan),
    torch.full((3,), torch.inf),
    torch.ones(1, 1, 1),
    torch.eye(3),
    torch.arange(6).reshape(2, 3),
    torch.tensor([True, False]),
    torch.tensor([1 + 2j, 3j]),
    torch.randn(2, 2, 4, 4, generator=torch.Generator().manual_seed(0)),
    X.half(),
    X.to_sparse(),
    None,
    True,
    3,
    -0.5,
    float("nan"),
    10**400,
    "text",
    [1.0, 2.0],
    [X, X + 1, X * X],
    {"gradient": [X, None]},
    {"gradient": [X * 2, X]},
    {"value": X, "gradient": []},
)


def test_whatever_comes_a_name_or_nothing_is_the_answer() -> None:
    """No value that a student can send makes a hypothesis fail."""
    for want in _LEAVES:
        if isinstance(want, torch.Tensor) and want.layout is not torch.strided:
            continue
        for got in _LEAVES:
            for stage in {d.fault.stage for d in differences(got, want)}:
                hint = explain([_seen(got, want, X, torch.empty(0, 2), torch.tensor(1.0), stage=stage)])
                assert hint is None or hint.text


def test_a_batch_of_one_is_not_blamed_where_a_window_of_one_may_be_the_reason() -> None:
    def shown(n: int, window: int, right: bool) -> Observation:
        inputs = (torch.ones(n, 4), torch.ones(window, 3))
        return Observation(X * X, X, None, inputs, None if right else Stage.VALUE, probe=f"e/c/{n}")

    assert (hint := explain([shown(1, 2, True), shown(3, 2, False)]))
    assert hint.name == "right for a batch of one only"
    assert explain([shown(1, 1, True), shown(3, 2, False)]) is None
