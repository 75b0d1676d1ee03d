"""A notebook's public checks, run in a process of their own: torch stays out of this one.

Only for the instructor's own notebooks (the source and its stub). A student's code runs in the jail.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any, Final

from torchstone.errors import GateError

#: Seconds that a notebook's public checks may take together.
LIMIT: Final = 600.0


def run_public_checks(notebook: Mapping[str, Any]) -> dict[str, str | None]:
    """Exercise → what its public check says, None where it passes. Demonstrations are left out.

    Raises GateError if the process ends without an answer.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", __name__],
            input=json.dumps(notebook),
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise GateError(f"the public checks took longer than {LIMIT:.0f} s") from None
    if done.returncode != 0:
        raise GateError(
            f"the public checks could not be run: {(done.stderr.strip().splitlines() or ['no reason given'])[-1]}"
        )
    answer: dict[str, str | None] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _main() -> None:
    from torchstone.kit import localcheck

    report = localcheck.run(localcheck.cells_of(json.load(sys.stdin)))
    broken = "; ".join(f"{b.cell}: {b.message}" for b in report.broken)
    said = {r.exercise: None if r.status == "passed" else r.message or broken or r.status for r in report.results}
    print("\n" + json.dumps(said))


if __name__ == "__main__":
    _main()
