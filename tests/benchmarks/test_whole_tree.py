"""What a command used up is all that it started, whoever waits for it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.whole_tree import used

SECONDS = 0.3
BUSY = f"import time\nwhile time.process_time() < {SECONDS}: pass\n"
ORPHAN = f"import os\nif os.fork():\n    os._exit(0)\nif os.fork():\n    os._exit(0)\nos.setsid()\n{BUSY}"


@pytest.mark.parametrize("program", [BUSY, ORPHAN], ids=["itself", "a grandchild that nobody waits for"])
def test_the_time_of_whatever_was_started_counts(tmp_path: Path, program: str) -> None:
    spent = used([sys.executable, "-c", program], tmp_path)
    assert SECONDS <= spent.cpu < SECONDS + 1
    assert spent.busy > SECONDS - 0.1


def test_single_processes_are_told_apart(tmp_path: Path) -> None:
    script = "import subprocess, sys\nsubprocess.run([sys.executable, '-c', sys.argv[1], 'the-busy-one'])\n"
    longer = BUSY.replace(str(SECONDS), "1.0")
    spent = used([sys.executable, "-c", script, longer], tmp_path, marks=("the-busy-one", "nobody"))
    assert 0.3 < spent.own["the-busy-one"] <= spent.cpu
    assert spent.own["nobody"] == 0


def test_a_command_that_fails_is_told_with_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="no such luck"):
        used([sys.executable, "-c", "raise SystemExit('no such luck')"], tmp_path)
