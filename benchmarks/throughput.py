"""A class of week 4 through stock `nbgrader autograde` and through `torchstone grade`: processor time a submission.

    python -m benchmarks.throughput --submissions 100 --plot

Light: two probes an exercise, on the CPU, the same in nbgrader's test cells and in a grader of ours. Full: week 4 as it
is graded, in all worlds and on the simulated accelerator, with diagnosis. The runs alternate, each in a course made
anew; nbgrader, which grades one after the other, gets a part of the class in each round. `--submissions 10` takes about
two minutes, and shares the judges' start among ten.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
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


#: What processes of ours are told by, and what they are. What is left is the jail's: fork servers and their children.
_PARTS: Final = {
    "judge: ": "the judges",
    "judge house: ": "what judges and jail are forked from",
    "torchstone grade": "the command, with the gradebook",
}


@dataclass(frozen=True)
class Cost:
    """Seconds a submission."""

    cpu: float
    clock: float
    busy: float  #: the whole machine's
    own: tuple[float, ...] = ()  #: processor time of `_PARTS`


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
    handed_in = classroom.answers(options.submissions)
    runs: dict[str, list[Cost]] = {"nbgrader": [], "light": [], "full": []}
    different: set[str] = set()
    for turn in range(options.rounds):
        place = folder / str(turn)
        part = dict(list(handed_in.items())[turn :: options.rounds])
        runs["light"].append(ours(place / "light", handed_in, options.jobs, probes=_LIGHT))
        runs["nbgrader"].append(theirs(place / "nbgrader", part, _LIGHT))
        runs["full"].append(ours(place / "full", handed_in, options.jobs))
        told, wanted = classroom.scores(place / "light"), classroom.scores(place / "nbgrader")
        different |= {f"{s}: {told.get(s)}, not {wanted[s]}" for s in part if told.get(s) != wanted[s]}
    for line in sorted(different):
        print(f"another score: {line}", file=sys.stderr)
    nbgrader, light, full = (_median(runs[kind]) for kind in ("nbgrader", "light", "full"))
    yield figure("stock nbgrader, light: processor time a submission", nbgrader.cpu, "s")
    yield figure("ours, light: processor time a submission", light.cpu, "s")
    yield figure("ours, full: processor time a submission", full.cpu, "s")
    for whose, cost in (("nbgrader", nbgrader), ("ours, light", light), ("ours, full", full)):
        yield figure(f"{whose}: what the whole machine was busy for, a submission", cost.busy, "s")
    yield at_least("light against nbgrader's light: processor time", nbgrader.cpu / light.cpu, 30, "×")
    yield at_least(f"the same by the clock, {options.jobs} judges", nbgrader.clock / light.clock, 30, "×")
    yield at_least("full against nbgrader's light: processor time", nbgrader.cpu / full.cpu, 8, "×")
    yield at_least(f"the same by the clock, {options.jobs} judges", nbgrader.clock / full.clock, 8, "×")
    for kind, cost in (("light", light), ("full", full)):
        sums = arithmetic(folder / "0" / kind, min(options.submissions, 30))
        yield from _where(kind, cost, sums)
        share = 100 * (cost.cpu - sums) / nbgrader.cpu
        yield at_most(f"{kind}: all that is not arithmetic, of nbgrader's time", share, 10, "%")
    yield at_most("scores of honest submissions that differ from nbgrader's", len(different), 0)
    if options.plot:
        stock, mine = _larger(folder, options, handed_in, nbgrader, light)
        draw(options.submissions, stock, mine, (_probes(folder / "0" / "full"), full.cpu))


# ---- one run --------------------------------------------------------------------------------------------------------


def ours(root: Path, handed_in: classroom.HandedIn, jobs: int, probes: int | None = None) -> Cost:
    """`torchstone grade` in a new course: under our graders, or under light ones with `probes` probes an exercise."""
    if probes is None:
        classroom.full(root, handed_in)
    else:
        classroom.light(root, handed_in, probes)
    command = [*_TORCHSTONE, "--jobs", str(jobs)]
    return _each(used(command, root, {"PYTHONPATH": str(ROOT)}, tuple(_PARTS)), len(handed_in))


def theirs(root: Path, handed_in: classroom.HandedIn, probes: int) -> Cost:
    """`nbgrader autograde` in a new course of its own."""
    classroom.plain(root, handed_in, probes)
    used([*_NBGRADER, "generate_assignment", classroom.WEEK], root)
    return _each(used([*_NBGRADER, "autograde", classroom.WEEK], root), len(handed_in))


def _each(spent: Used, count: int) -> Cost:
    own = tuple(cpu / count for cpu in spent.own.values())
    return Cost(spent.cpu / count, spent.clock / count, spent.busy / count, own)


def _median(costs: Sequence[Cost]) -> Cost:
    own = zip(*(c.own for c in costs), strict=True)
    return Cost(
        statistics.median(c.cpu for c in costs),
        statistics.median(c.clock for c in costs),
        statistics.median(c.busy for c in costs),
        tuple(statistics.median(part) for part in own),
    )


def _where(kind: str, cost: Cost, sums: float) -> Iterator[Row]:
    """Where the time of a submission goes."""
    for part, seconds in zip(_PARTS.values(), cost.own, strict=True):
        yield figure(f"{kind}: of that {part}", seconds, "s")
    yield figure(f"{kind}: of that the jail, students' code included", cost.cpu - sum(cost.own), "s")
    yield figure(f"{kind}: the checks' own arithmetic, in one process", sums, "s")


# ---- the picture ----------------------------------------------------------------------------------------------------

#: Colours that remain apart for colour-blind readers (Okabe, Ito).
_BLUE: Final = "#0072B2"
_ORANGE: Final = "#D55E00"


def _larger(
    folder: Path, options: argparse.Namespace, handed_in: classroom.HandedIn, nbgrader: Cost, light: Cost
) -> tuple[dict[int, float], dict[int, float]]:
    """Processor time a submission under batteries of so many probes, nbgrader's and ours."""
    stock, mine = {_EXERCISES * _LIGHT: nbgrader.cpu}, {_EXERCISES * _LIGHT: light.cpu}
    for probes in (8, 32):
        mine[_EXERCISES * probes] = ours(folder / f"light-{probes}", handed_in, options.jobs, probes=probes).cpu
        few = dict(list(handed_in.items())[:: max(1, options.submissions // 10)])
        stock[_EXERCISES * probes] = theirs(folder / f"nbgrader-{probes}", few, probes).cpu
    return stock, mine


def draw(count: int, stock: Mapping[int, float], mine: Mapping[int, float], whole: tuple[int, float]) -> None:
    """Processor time a submission, of `count`, against the probes of a battery, both sides, into docs/images."""
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt
    from matplotlib.ticker import NullLocator

    plt.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "torchstone"})
    fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
    for costs, label, colour, marker in (
        (stock, "stock nbgrader, test cells", _ORANGE, "s"),
        (mine, "torchstone, the same checks", _BLUE, "o"),
    ):
        ax.plot(list(costs), list(costs.values()), color=colour, marker=marker, label=label)
    size, cpu = whole
    ax.plot([size], [cpu], color=_BLUE, marker="*", markersize=13, linestyle="none", label="torchstone, week 4 whole")
    ax.set(xscale="log", yscale="log", xlabel="probes a submission", ylabel="processor time a submission (s)")
    ax.set_xticks([*mine, size], minor=False)
    ax.set_yticks([0.1, 0.2, 0.5, 1, 2, 5])
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter("{x:g}")
        axis.set_minor_locator(NullLocator())
    ax.set_title(f"Week 4, {count} submissions")
    ax.grid(True, alpha=0.25)
    ax.legend(loc="center left")
    PICTURE.parent.mkdir(exist_ok=True)
    fig.savefig(PICTURE, metadata={"Date": None})
    plt.close(fig)


def _probes(root: Path) -> int:
    from torchstone import config
    from torchstone.judge.collection import docket
    from torchstone.judge.sitting import worlds

    course = config.load(root)
    return len(docket(course.graders / classroom.WEEK, worlds(course.policy(classroom.WEEK))).probes)


if __name__ == "__main__":
    sys.exit(alone(parser(), measure))
