"""The whole corpus of attacks, on both tiers of the jail, as root and as an ordinary user; and 200 kills.

    python -m benchmarks.attacks                           # all of it, as root
    python -m benchmarks.attacks corpus --tier landlock --user ordinary
    python -m benchmarks.attacks kills --kills 40 --seed 7

Kills come in rounds of 20: after each, a re-run has to give the gradebook of an undisturbed run, and nothing may be
left. A run of 200 can be split: rounds with other seeds kill at other moments. What is at work is shown while it runs;
the figures come at the end. Exits 1 if an attack succeeds or is not tried, or if a killed run loses something.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.attacks.arena.runs import Done, as_myself, as_ordinary_user
from tests.faults.class_of_fifty import Runs, copied, make_course
from torchstone.config import Course

TESTS: Final = Path(__file__).parents[1] / "tests"
TIERS: Final = ("namespaces", "landlock")
USERS: Final = ("root", "ordinary")
ROUND: Final = 20
_TOLD: Final = re.compile(r"^attacks: (\d+) tried, (\d+) succeeded", re.MULTILINE)


@dataclass(frozen=True)
class Figure:
    """What one part came to."""

    what: str
    told: str
    good: bool
    cpu_seconds: float  #: of the processes that ended meanwhile; those that were killed outright are not in it


def main(arguments: Sequence[str] | None = None) -> int:
    told = _parser().parse_args(arguments)
    if os.geteuid() != 0 and "root" in told.user:
        print("run this as root: it tries the corpus as root and as an ordinary user", file=sys.stderr)
        return 2
    figures = []
    if told.part != "kills":
        figures += [_corpus(tier, user) for user in told.user for tier in told.tier]
        figures.append(_files())
    if told.part != "corpus":
        figures += _kills(told.kills, told.seed)
    print(f"\n{'part':<40} {'CPU s':>6}  what it came to")
    for figure in figures:
        print(f"{figure.what:<40} {figure.cpu_seconds:>6.0f}  {'' if figure.good else 'FAILED: '}{figure.told}")
    return int(not all(figure.good for figure in figures))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", nargs="?", choices=("all", "corpus", "kills"), default="all")
    parser.add_argument("--tier", choices=TIERS, nargs="+", default=TIERS)
    parser.add_argument("--user", choices=USERS, nargs="+", default=USERS)
    parser.add_argument("--kills", type=int, default=200, help="in rounds of 20 (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=20211101, help="of the first round; each adds 1")
    return parser


# ---- the corpus ----------------------------------------------------------------------------------------------------


def _corpus(tier: str, user: str) -> Figure:
    """Every attack that is a program, on one tier."""
    print(f"{tier}, {user} user:", flush=True)
    began, file = _cpu(), TESTS / "attacks" / f"test_{tier}.py"
    if user == "root":
        done = as_myself(file, sys.stdout)
    else:
        with tempfile.TemporaryDirectory(prefix="torchstone-attacks-") as folder:
            done = as_ordinary_user(Path(folder), file, to=sys.stdout)
    return _figure(f"corpus, {tier}, {user} user", done, began)


def _files() -> Figure:
    """Attacks that are a file: they need no jail, and nobody's rights."""
    print("attacks that are a file:", flush=True)
    began = _cpu()
    return _figure("corpus, files", as_myself(TESTS / "attacks" / "test_files.py", sys.stdout), began)


def _figure(what: str, done: Done, began: float) -> Figure:
    counts = _TOLD.search(done.stdout)
    told = counts[0].removeprefix("attacks: ") if counts else "nothing was tried"
    good = done.returncode == 0 and counts is not None and counts[2] == "0" and "skipped" not in done.stdout
    return Figure(what, told, good, _cpu() - began)


# ---- kills ---------------------------------------------------------------------------------------------------------


def _kills(number: int, seed: int) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="torchstone-kills-") as folder:
        root = Path(folder)
        print("kills: a class of fifty is graded undisturbed", flush=True)
        pristine = make_course(root / "pristine")
        calm = Runs(copied(pristine, root / "calm"), root / "calm-tmp")
        calm.finish("--jobs", "2")
        want = calm.dump()
        return [
            _round(root, pristine, want, min(ROUND, number - first), seed + first // ROUND)
            for first in range(0, number, ROUND)
        ]


def _round(root: Path, pristine: Course, want: dict[str, Any], number: int, seed: int) -> Figure:
    began = _cpu()
    runs = Runs(copied(pristine, root / f"course-{seed}"), root / f"tmp-{seed}")
    killed: Counter[str] = Counter()
    for role in runs.killing(number, seed):
        killed[role] += 1
        print(f"\rseed {seed}: {killed.total()} of {number} killed", end="", flush=True)
    runs.finish("--jobs", "2")
    wrong = [f"{name} differs" for name in want if runs.dump().get(name) != want[name]]
    wrong += runs.left()
    print(f"\rseed {seed}: {killed.total()} killed, {len(wrong)} wrong", flush=True)
    roles = ", ".join(f"{count} {role}" for role, count in sorted(killed.items()))
    told = f"{roles}; {', '.join(wrong[:5]) or 'the gradebook of an undisturbed run, and nothing left'}"
    return Figure(f"{number} kills, seed {seed}", told, not wrong, _cpu() - began)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())
