"""What is kept of answers for the diagnosis, and what of them is let go."""

from __future__ import annotations

from typing import Any

import torch

from torchstone.compare import same
from torchstone.judge.kept import kept, weight
from torchstone.wire import Record

WANT = torch.zeros(3)


def test_what_is_as_large_as_the_reference_is_kept_whole() -> None:
    for value in (torch.ones(5), [torch.ones(5)] * 9, {"a": "text"}, None, 3):
        assert kept(value, WANT) is value
    large = torch.ones(1 << 20)
    assert kept(large, torch.zeros(1 << 20)) is large


def test_of_a_giant_only_its_looks_are_kept_and_equal_ones_look_alike() -> None:
    giant = torch.ones(1 << 20)
    found = kept(giant, WANT)
    assert found == "(torch.float32 of shape (1048576,), 4194368 bytes: too large to be kept)"
    assert same(found, kept(giant + 1, WANT))
    assert not same(found, kept(giant.reshape(2, -1), WANT))


def test_a_small_view_of_a_giant_holds_all_of_it() -> None:
    assert weight(torch.ones(1 << 20)[:3]) > 1 << 22


def test_everything_in_a_value_is_weighed() -> None:
    part = torch.ones(100)
    for value in ([part], (part,), {"a": part}, Record("R", {"a": part}), [[{"b": (part,)}]], "x" * 400, {"y" * 400}):
        assert weight(value) >= 400


def test_a_misconception_with_giant_answers_is_still_named(bench: Any) -> None:
    bench.week(
        bench.one("agree(student.f(draw(3)))"),
        misconceptions="""
            from torchstone.judge import edit, misconception
            spread = misconception("e", edit("2 * x", "x.repeat(100_000)"), "Which shape has it?")
            """,
    )
    solution = "# %% e\nimport torch\ndef f(x): return 2 * x"
    result = bench.grade(solution + "\ndef f(x): return x.repeat(100_000)", solution)
    assert bench.checks(result)["a"].verdict.hint.text == "Which shape has it?"
