"""The whole corpus of attacks, on both tiers of the jail, as root and as an ordinary user; and 200 kills.

    python -m benchmarks.attacks                           # all of it, as root
    python -m benchmarks.attacks corpus --tier landlock --user ordinary --family stealing killing
    python -m benchmarks.attacks kills --kills 40 --seed 7

Kills come in rounds of 20: after each, a re-run has to give the gradebook of an undisturbed run, and nothing may be
left. A run of 200 can be split: rounds with other seeds kill at other moments. What is at work is shown while it runs,
on stderr. Exits 1 if an attack succeeds or is not tried, or if a killed run loses something.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from benchmarks.rows import Row, alone, at_most
from tests.attacks.arena.runs import Done, as_myself, as_ordinary_user, came_to
from tests.faults.class_of_fifty import Runs, copied, make_course
from torchstone.config import Course

ATTACKS: Final = Path(__file__).parents[1] / "tests" / "attacks"
TIERS: Final = ("namespaces", "landlock")
USERS: Final = ("root", "ordinary")
FAMILIES: Final = ("stealing", "altering", "forging", "killing", "exhausting", "crossing")
ROUND: Final = 20


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("part", nargs="?", choices=("all", "corpus", "kills"), default="all")
    made.add_argument("--tier", choices=TIERS, nargs="+", default=TIERS)
    made.add_argument("--user", choices=USERS, nargs="+", default=USERS)
    made.add_argument("--family", choices=FAMILIES, nargs="+", default=(), help="of attacks that are programs")
    made.add_argument("--kills", type=int, default=200, help="in rounds of 20 (default: %(default)s)")
    made.add_argument("--seed", type=int, default=20211101, help="of the first round; each adds 1")
    return made


def measure(options: argparse.Namespace) -> Iterator[Row]:
    if options.part != "kills" and os.geteuid() != 0:
        yield Row("the corpus as root and as an ordinary user", "only root can try both", holds=False)
    elif options.part != "kills":
        chosen = " or ".join(f"{family}/" for family in options.family)
        yield from (_corpus(tier, user, chosen) for user in options.user for tier in options.tier)
        if not chosen:
            yield _row("attacks that are a file", as_myself(ATTACKS / "test_files.py", to=sys.stderr))
    if options.part != "corpus":
        yield from _kills(options.kills, options.seed)


# ---- the corpus ----------------------------------------------------------------------------------------------------


def _corpus(tier: str, user: str, chosen: str) -> Row:
    """Every attack that is a program, or those that are chosen, on one tier."""
    file = ATTACKS / f"test_{tier}.py"
    print(f"{tier}, {user} user:", file=sys.stderr, flush=True)
    if user == "root":
        done = as_myself(file, chosen, sys.stderr)
    else:
        with tempfile.TemporaryDirectory(prefix="torchstone-attacks-") as folder:
            done = as_ordinary_user(Path(folder), file, chosen, sys.stderr)
    return _row(f"{tier}, {user} user", done)


def _row(where: str, done: Done) -> Row:
    tried, succeeded = came_to(done)
    whole = tried > 0 and done.returncode == 0 and "skipped" not in done.stdout
    return Row(f"{where}: attacks that succeed, of {tried}", str(succeeded), "≤ 0", whole and not succeeded)


# ---- kills ---------------------------------------------------------------------------------------------------------


def _kills(number: int, seed: int) -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="torchstone-kills-") as folder:
        root = Path(folder)
        print("kills: a class of fifty is graded undisturbed", file=sys.stderr, flush=True)
        pristine = make_course(root / "pristine")
        calm = Runs(copied(pristine, root / "calm"), root / "calm-tmp")
        calm.finish("--jobs", "2")
        want = calm.dump()
        for first in range(0, number, ROUND):
            yield _round(root, pristine, want, min(ROUND, number - first), seed + first // ROUND)


def _round(root: Path, pristine: Course, want: dict[str, Any], number: int, seed: int) -> Row:
    """So many kills, then a re-run: who has other scores than undisturbed, and what was left behind."""
    runs = Runs(copied(pristine, root / f"course-{seed}"), root / f"tmp-{seed}")
    killed: Counter[str] = Counter()
    for role in runs.killing(number, seed):
        killed[role] += 1
        print(f"\rseed {seed}: {killed.total()} of {number} killed", end="", file=sys.stderr, flush=True)
    runs.finish("--jobs", "2")
    got = runs.dump()
    wrong = [f"{name} differs" for name in want.keys() | got.keys() if got.get(name) != want.get(name)] + runs.left()
    print(f"; {', '.join(wrong[:5]) or 'nothing lost, nothing left'}", file=sys.stderr, flush=True)
    roles = ", ".join(f"{count} {role}" for role, count in sorted(killed.items()))
    return at_most(f"kills, seed {seed} ({roles}): lost or left behind", len(wrong), 0)


if __name__ == "__main__":
    sys.exit(alone(parser(), measure))
