"""What do the framework's hypotheses say of mistakes that authors thought of? Each is named without its author's hint.

    python -m benchmarks.misconceptions week04 mlp_forward_backward

Prints, for each misconception, the checks it fails and the names given. Whether a name is right is for a reader to say:
the list was written without these mistakes in mind.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from torchstone.config import load
from torchstone.contracts.bench import Bench
from torchstone.judge.diagnosis import Diagnosis, evidence


class _WithoutAuthors(Diagnosis):
    """Asks the hypotheses at once."""

    def _explaining(self, *_: object) -> list[object]:  # type: ignore[override]
        return []


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("assignment", help="week04")
    parser.add_argument("exercises", nargs="*", help="only these")
    options = parser.parse_args(arguments)
    course = load(Path(__file__).parents[1])
    failed = named = 0
    with closing(Bench(course, options.assignment)) as bench:
        diagnosis = _WithoutAuthors(bench.week, bench.zygotes, bench.policy.jail.limits)
        for m in bench.week.misconceptions:
            if options.exercises and m.exercise not in options.exercises:
                continue
            program = m.program(bench.solution)
            sat = bench.sit(m.exercise, program, ("cpu",))
            hints = diagnosis.hints(program, evidence(sat.findings))
            lost = sum(check.status == "failed" for check in sat.result.checks)
            failed, named = failed + lost, named + len(hints)
            said = ", ".join(f"{check}: {hint.name}" for (_, check), hint in hints.items()) or "nothing"
            print(f"{m.exercise} · {m.name}: {lost} checks failed; said: {said}", flush=True)
    print(f"{failed} checks failed, a cause was named for {named}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
