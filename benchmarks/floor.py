"""Week 4's session as it is graded, against the floor: the same session with the program in the judge's own process.

    python -m benchmarks.floor --programs 6

Processor time. The floor has no jail, no wire and no child; everything else is the same: pytest collects, the reference
answers, the probes of all worlds run and are compared.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.rows import Row, alone, at_most, figure
from benchmarks.whole_tree import ROOT


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--programs", type=int, default=6, help="further programs, for their mean (default: %(default)s)")
    made.add_argument("--rounds", type=int, default=3, help="repetitions, alternating (default: %(default)s)")
    return made


def measure(options: argparse.Namespace) -> Iterator[Row]:
    from benchmarks import classroom

    with tempfile.TemporaryDirectory(prefix="torchstone-bench-") as folder:
        root = Path(folder, "course")
        classroom.full(root, classroom.answers(options.programs))
        runs = [
            (side("floor", root, options.programs), side("jailed", root, options.programs))
            for _ in range(options.rounds)
        ]
    floor, jailed = ({key: statistics.median(run[i][key] for run in runs) for key in runs[0][i]} for i in (0, 1))
    yield figure("the floor: week 4's session in one process", floor["session"], "s")
    yield figure("ours: the same, jailed", jailed["session"], "s")
    yield at_most("ours against the floor, the session", jailed["session"] / floor["session"], 2.5, "×")
    yield figure("the floor: each further program", floor["each"], "s")
    yield at_most("ours against the floor, each further program", jailed["each"] / floor["each"], 2.5, "×")
    wire = 1000 * (jailed["answer"] - floor["answer"])
    yield at_most("the wire, a probe beyond its arithmetic", wire, 1.5, "ms")


def arithmetic(root: Path, count: int) -> float:
    """Processor seconds that the checks themselves take for a program of the course at `root`: the floor's."""
    return side("floor", root, count)["each"]


def side(which: str, root: Path, count: int) -> dict[str, float]:
    """What `benchmarks.in_process` finds."""
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.in_process", which, str(root), str(count)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr[-3000:]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    sys.exit(alone(parser(), measure))
