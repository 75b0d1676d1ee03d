"""The decoders that meet untrusted bytes neither crash nor hang nor swell (benchmarks/fuzz.py goes on for longer)."""

from __future__ import annotations

import pytest

from tests.fuzz.fuzzer import CORPUS, TARGETS, fuzz


@pytest.mark.parametrize("target", TARGETS)
def test_the_corpus_itself(target: str) -> None:
    decode = TARGETS[target]()
    files = sorted((CORPUS / target).iterdir())
    assert len(files) >= 8
    taken = [decode(path.read_bytes()) for path in files]
    assert any(taken)
    assert sum(path.stat().st_size for path in files) < 200_000


@pytest.mark.parametrize(("target", "inputs"), [("frames", 6000), ("notebooks", 2500)])
def test_mutations_of_the_corpus(target: str, inputs: int) -> None:
    tally = fuzz(target, inputs, seed=1, seconds=20)
    assert tally.findings == []
    assert tally.taken
    assert tally.refused
