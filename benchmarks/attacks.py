"""The whole corpus of attacks on both tiers of the jail, as root and as an ordinary user; and 200 kills.

    python -m benchmarks.attacks --kills 200

Run it as root. Exits 1 if an attack succeeds, if one is not tried, or if a killed run loses something.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

TESTS = Path(__file__).parents[1] / "tests"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200, help="0: none (default: %(default)s)")
    told = parser.parse_args(arguments)
    if os.geteuid() != 0:
        print("run this as root: it tries the corpus as root and as an ordinary user", file=sys.stderr)
        return 2
    failed = _as_root([TESTS / "attacks"], {}, ["-k", "not ordinary"])
    for tier in ("namespaces", "landlock"):
        failed |= _as_ordinary_user(tier)
    if told.kills:
        failed |= _as_root(
            [TESTS / "faults"], {"TORCHSTONE_KILLS": str(told.kills)}, ["-k", "kills", "-o", "timeout=0"]
        )
    return int(failed)


def _as_root(files: list[Path], environment: dict[str, str], options: list[str]) -> bool:
    command = [sys.executable, "-m", "pytest", "-q", *options, *map(str, files)]
    return subprocess.run(command, env={**os.environ, **environment}, check=False).returncode != 0


def _as_ordinary_user(tier: str) -> bool:
    sys.path.insert(0, str(TESTS / "attacks"))
    from tests.attacks.test_ordinary_user import as_ordinary_user

    with tempfile.TemporaryDirectory(prefix="torchstone-attacks-") as folder:
        done = as_ordinary_user(Path(folder), [TESTS / "attacks" / f"test_{tier}.py"])
    print(f"{tier}, as an ordinary user:\n{done.stdout[-3000:]}")
    return done.returncode != 0 or "skipped" in done.stdout


if __name__ == "__main__":
    sys.exit(main())
