"""A class of week 4 through stock `nbgrader autograde` and through `torchstone grade`: processor time a submission.

    python -m benchmarks.throughput --submissions 100 --plot

Light: two probes an exercise, on the CPU, the same in nbgrader's test cells and in a grader of ours. Full: week 4 as it
is graded, in all worlds and on the simulated accelerator, with diagnosis. The runs alternate, each in a course made
anew. `--submissions 10` takes about two minutes, and shares the judges' start among ten.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks import classroom
from benchmarks.floor import arithmetic
from benchmarks.rows import Row, alone, at_least, at_most, figure
from benchmarks.whole_tree import ROOT, Used, used

_TORCHSTONE: Final = (sys.executable, "-m", "torchstone", "grade", classroom.WEEK, "--json")
_NBGRADER: Final = (sys.executable, "-m", "nbgrader")
_EXERCISES: Final = 9
_LIGHT: Final = 2  # probes an exercise

PICTURE: Final = ROOT / "docs" / "images" / "throughput.svg"


@dataclass(frozen=True)
class Cost:
    """Seconds a submission."""

    cpu: float
    clock: float


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--submissions", type=int, default=100, help="the size of the class (default: %(default)s)")
    made.add_argument("--rounds", type=int, default=2, help="repetitions, alternating (default: %(default)s)")
    made.add_argument("--jobs", type=int, default=2, help="judges at once (default: %(default)s)")
    made.add_argument("--plot", action="store_true", help=f"also measure larger batteries, and draw {PICTURE.name}")
    return made


def measure(options: argparse.Namespace) -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="torchstone-bench-") as folder:
        yield from _measured(Path(folder), options)


def _measured(folder: Path, options: argparse.Namespace) -> Iterator[Row]:
    count = options.submissions
    runs: dict[str, list[Cost]] = {"nbgrader": [], "light": [], "full": []}
    different: set[str] = set()
    for turn in range(options.rounds):
        place = folder / str(turn)
        runs["light"].append(ours(place / "light", count, options.jobs, probes=_LIGHT))
        runs["nbgrader"].append(theirs(place / "nbgrader", count, _LIGHT))
        runs["full"].append(ours(place / "full", count, options.jobs))
        told, wanted = classroom.scores(place / "light"), classroom.scores(place / "nbgrader")
        students = {*told, *wanted}
        different |= {f"{s}: {told.get(s)}, not {wanted.get(s)}" for s in students if told.get(s) != wanted.get(s)}
    for line in sorted(different):
        print(f"another score: {line}", file=sys.stderr)
    nbgrader, light, full = (_median(runs[kind]) for kind in ("nbgrader", "light", "full"))
    yield figure("stock nbgrader, light: processor time a submission", nbgrader.cpu, "s")
    yield figure("ours, light: processor time a submission", light.cpu, "s")
    yield figure("ours, full: processor time a submission", full.cpu, "s")
    yield at_least("light against nbgrader's light: processor time", nbgrader.cpu / light.cpu, 30, "×")
    yield at_least(f"the same by the clock, {options.jobs} judges", nbgrader.clock / light.clock, 30, "×")
    yield at_least("full against nbgrader's light: processor time", nbgrader.cpu / full.cpu, 8, "×")
    yield at_least(f"the same by the clock, {options.jobs} judges", nbgrader.clock / full.clock, 8, "×")
    for kind, cost in (("light", light), ("full", full)):
        sums = arithmetic(folder / "0" / kind, min(count, 30))
        yield figure(f"{kind}: the checks' own arithmetic, a submission", sums, "s")
        share = 100 * (cost.cpu - sums) / nbgrader.cpu
        yield at_most(f"{kind}: all that is not arithmetic, of nbgrader's time", share, 10, "%")
    yield at_most("scores of honest submissions that differ from nbgrader's", len(different), 0)
    if options.plot:
        _draw(folder, options, nbgrader, light, full)


# ---- one run --------------------------------------------------------------------------------------------------------


def ours(root: Path, count: int, jobs: int, probes: int | None = None) -> Cost:
    """`torchstone grade` in a new course: under our graders, or under light ones with `probes` probes an exercise."""
    if probes is None:
        classroom.full(root, count)
    else:
        classroom.light(root, count, probes)
    return _each(used([*_TORCHSTONE, "--jobs", str(jobs)], root, {"PYTHONPATH": str(ROOT)}), count)


def theirs(root: Path, count: int, probes: int) -> Cost:
    """`nbgrader autograde` in a new course of its own."""
    classroom.plain(root, count, probes)
    used([*_NBGRADER, "generate_assignment", classroom.WEEK], root)
    return _each(used([*_NBGRADER, "autograde", classroom.WEEK], root), count)


def _each(spent: Used, count: int) -> Cost:
    return Cost(spent.cpu / count, spent.clock / count)


def _median(costs: Sequence[Cost]) -> Cost:
    return Cost(statistics.median(c.cpu for c in costs), statistics.median(c.clock for c in costs))


# ---- the picture ----------------------------------------------------------------------------------------------------

#: Colours that remain apart for colour-blind readers (Okabe, Ito).
_BLUE: Final = "#0072B2"
_ORANGE: Final = "#D55E00"


def _draw(folder: Path, options: argparse.Namespace, nbgrader: Cost, light: Cost, full: Cost) -> None:
    """Processor time a submission against the probes of a battery, both sides, into docs/images."""
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    mine, stock = {_LIGHT: light.cpu}, {_LIGHT: nbgrader.cpu}
    for probes in (8, 32):
        mine[probes] = ours(folder / f"light-{probes}", options.submissions, options.jobs, probes=probes).cpu
        stock[probes] = theirs(folder / f"nbgrader-{probes}", max(2, options.submissions // 10), probes).cpu
    plt.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "torchstone"})
    fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
    for costs, label, colour, marker in (
        (stock, "stock nbgrader, test cells", _ORANGE, "s"),
        (mine, "torchstone, the same checks", _BLUE, "o"),
    ):
        ax.plot([_EXERCISES * n for n in costs], list(costs.values()), color=colour, marker=marker, label=label)
    size = _probes(folder / "0" / "full")
    whole = {"marker": "*", "markersize": 13, "linestyle": "none", "label": "torchstone, week 4 whole"}
    ax.plot([size], [full.cpu], color=_BLUE, **whole)
    ax.set(xscale="log", yscale="log", xlabel="probes a submission", ylabel="processor time a submission (s)")
    ax.set_title(f"Week 4, {options.submissions} submissions")
    ax.grid(True, which="both", alpha=0.25)
    ax.legend()
    PICTURE.parent.mkdir(exist_ok=True)
    fig.savefig(PICTURE, metadata={"Date": None})
    plt.close(fig)


def _probes(root: Path) -> int:
    from torchstone.judge.collection import docket
    from torchstone.judge.draw import WORLDS

    return len(docket(root / "graders" / classroom.WEEK, tuple(WORLDS)).probes)


if __name__ == "__main__":
    sys.exit(alone(parser(), measure))
