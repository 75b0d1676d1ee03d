"""Measure everything whose figures stand in docs/benchmarks.md, and write them there.

    python -m benchmarks                # all parts, one after the other: `make bench`
    python -m benchmarks jail floor     # these; the others' figures stay

Each part is a process of its own; one that fails is told in its place, and the others go on. Exits 1 if a figure falls
short of its target.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Final

from benchmarks.rows import Row, between, load, table
from benchmarks.whole_tree import ROOT

PAGE: Final = ROOT / "docs" / "benchmarks.md"

#: The parts in the order of the page, each with the arguments that `make bench` gives it.
PARTS: Final[dict[str, tuple[str, ...]]] = {
    "throughput": ("--submissions", "100", "--plot"),
    "floor": (),
    "jail": (),
    "scale": (),
    "cluster": (),
    "diagnosis": ("--draws", "10250"),
    "flakiness": ("--seeds", "200"),
    "attacks": (),
    "fuzz": (),
}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)} (default: all)")
    chosen = parser.parse_args(arguments).parts or list(PARTS)
    if unknown := [p for p in chosen if p not in PARTS]:
        parser.error(f"there is no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    _write("machine", machine())
    short = False
    for part in (p for p in PARTS if p in chosen):
        command = ["python", "-m", f"benchmarks.{part}", *PARTS[part]]
        print(f"{' '.join(command)}: measuring", file=sys.stderr, flush=True)
        rows = measured(part)
        text = table(rows)
        print(f"\n{part}\n\n{text}\n", flush=True)
        today = datetime.datetime.now(datetime.UTC).date()
        _write(part, f"`{' '.join(command)}`, {today}:\n\n{text}")
        short |= any(r.holds is False for r in rows)
    return int(short)


def measured(part: str) -> list[Row]:
    """The rows of one part; one row with the reason if it fails."""
    with tempfile.TemporaryDirectory(prefix="torchstone-bench-") as folder:
        rows = Path(folder, "rows.json")
        command = [sys.executable, "-W", "ignore", "-m", f"benchmarks.{part}", *PARTS[part], "--rows", str(rows)]
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        done = subprocess.run(
            command, cwd=ROOT, env=environment, stdout=sys.stderr, stderr=subprocess.PIPE, text=True, check=False
        )
        sys.stderr.write(done.stderr)
        if rows.exists():
            return load(rows)
        reason = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
        return [Row("nothing was measured", reason.replace("|", "\\|"), holds=False)]


def machine() -> str:
    """What it is measured on, and with what, in one sentence."""
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / (1 << 30)
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("torch", "numpy", "nbgrader", "pytest"))
    return (
        f"Machine: {cores} cores ({_processor()}), {memory:.0f} GiB, Linux {platform.release()}; "
        f"Python {platform.python_version()}, {versions}."
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() in ("model name", "Processor"):
            return value.strip()
    return platform.machine()


def _write(part: str, text: str) -> None:
    between(PAGE, f"<!-- {part}: written by `make bench` -->", f"<!-- end of {part} -->", text)


if __name__ == "__main__":
    sys.exit(main())
