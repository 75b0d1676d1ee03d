"""The two lines at the end of a run count over all files, and over the processes that ran them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
CONFTEST = "from tests.conftest import pytest_terminal_summary\n"
ATTACKS = """
import pytest

@pytest.mark.parametrize("name", ["a", "b", "{last}"])
def test_attack(name, record_property):
    record_property("control", name)
    record_property("attack", name)
    record_property("succeeded", name == "worst")
    assert name != "worst"

def test_benign(record_property):
    record_property("benign", "{last}")
    record_property("lost", 0.5)
"""


def test_the_lines_add_up_over_processes(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    for last in ("c", "worst"):
        (tmp_path / f"test_{last}.py").write_text(ATTACKS.format(last=last))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "-n", "2", "--dist", "loadfile", tmp_path],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1, done.stdout
    assert "attacks: 4 tried, 1 succeeded (4 of them succeed against a control)" in done.stdout
    assert "benign: 2 tried, 1 points lost" in done.stdout
