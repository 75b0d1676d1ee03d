"""Fuzz the notebook reader and the wire with hypothesis for long: 100,000 inputs each, or 10 CPU-minutes.

    python -m benchmarks.fuzz --inputs 100000 --seed 20211101

A finding ends the decoder's run. It is written, as small as it could be made, into tests/fuzz/corpus, so that the tests
meet it from then on. Exits 1 if there is one.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Iterator

from benchmarks.rows import Row, alone, at_most, figure
from tests.fuzz.fuzzer import TARGETS, fuzz
from tests.fuzz.strategies import CORPUS


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--inputs", type=int, default=100_000, help="for each decoder (default: %(default)s)")
    made.add_argument("--seconds", type=float, default=600.0, help="of CPU for each decoder (default: %(default)s)")
    made.add_argument("--seed", type=int, default=20211101)
    made.add_argument("--target", choices=sorted(TARGETS), action="append", help="only this decoder; repeatable")
    return made


def measure(options: argparse.Namespace) -> Iterator[Row]:
    for target in options.target or sorted(TARGETS):
        tally = fuzz(target, options.inputs, options.seed, options.seconds)
        for given, what in tally.findings:
            name = f"found-{hashlib.sha256(given).hexdigest()[:12]}.bytes"
            if given:
                (CORPUS / target / name).write_bytes(given)
            print(f"{target}, {name}: {what}", file=sys.stderr)
        met = f"{tally.inputs:,} inputs, {tally.taken:,} taken, {tally.refused:,} refused"
        yield at_most(f"{target}: crashes, hangs, memory beyond bounds, of {met}", len(tally.findings), 0)
        yield figure(f"{target}: processor time", tally.cpu_seconds, "s")
        yield figure(f"{target}: the slowest input", 1000 * tally.slowest, "ms of CPU")
        yield figure(f"{target}: memory, with hypothesis's own", tally.memory_mb, "MB more")


if __name__ == "__main__":
    sys.exit(alone(parser(), measure))
