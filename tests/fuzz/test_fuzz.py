"""The decoders that meet untrusted bytes neither crash nor hang nor swell (benchmarks/fuzz.py goes on for longer)."""

from __future__ import annotations

import pytest

from tests.fuzz import fuzzer
from tests.fuzz.fuzzer import TARGETS, fuzz
from tests.fuzz.strategies import kept


@pytest.mark.parametrize("target", TARGETS)
def test_the_corpus_itself(target: str) -> None:
    decode, corpus = TARGETS[target](), kept(target)
    assert len(corpus) >= 8
    assert sum(map(decode, corpus)) > 4
    assert sum(map(len, corpus)) < 200_000


@pytest.mark.parametrize(("target", "inputs"), [("frames", 3000), ("notebooks", 2000)])
def test_inputs_by_grammar_and_by_mutation(target: str, inputs: int) -> None:
    tally = fuzz(target, inputs, seed=1, seconds=30)
    assert tally.findings == []
    assert min(tally.taken, tally.refused) > tally.inputs / 20, "both must be met often"


def test_what_breaks_a_decoder_is_found_and_brought_down(monkeypatch: pytest.MonkeyPatch) -> None:
    def decode(given: bytes) -> bool:
        assert b"NaN" not in given
        return True

    monkeypatch.setitem(fuzzer.TARGETS, "frames", lambda: decode)
    ((given, what),) = fuzz("frames", 3000, seed=1).findings
    assert b"NaN" in given
    assert len(given) < 60
    assert what.startswith("AssertionError")
