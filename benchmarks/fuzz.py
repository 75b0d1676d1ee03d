"""Fuzz the notebook reader and the wire with hypothesis for long: 100,000 inputs each, or 10 CPU-minutes.

    python -m benchmarks.fuzz --inputs 100000 --seed 20211101

A finding ends the decoder's run. It is written, as small as it could be made, into tests/fuzz/corpus, so that the tests
meet it from then on. Exits 1 if there is one.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Sequence

from tests.fuzz.fuzzer import TARGETS, fuzz
from tests.fuzz.strategies import CORPUS


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=100_000, help="for each decoder (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=600.0, help="of CPU for each decoder (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=20211101)
    parser.add_argument("--target", choices=sorted(TARGETS), action="append", help="only this decoder; repeatable")
    told = parser.parse_args(arguments)
    found = 0
    for target in told.target or sorted(TARGETS):
        tally = fuzz(target, told.inputs, told.seed, told.seconds)
        found += len(tally.findings)
        print(
            f"{target}: {tally.inputs:,} inputs in {tally.cpu_seconds:.0f} CPU s, {tally.taken:,} taken, "
            f"{tally.refused:,} refused, slowest {tally.slowest:.2f} s, memory +{tally.memory_mb:.0f} MB, "
            f"{len(tally.findings)} findings",
            flush=True,
        )
        for given, what in tally.findings:
            name = f"found-{hashlib.sha256(given).hexdigest()[:12]}"
            if given:
                (CORPUS / target / name).write_bytes(given)
            print(f"  {name}: {what}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
