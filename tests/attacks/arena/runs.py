"""Runs of a file of attacks in a process of their own: as whoever runs this, or as an ordinary user."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final, TextIO

TESTS: Final = Path(__file__).parents[2]
NOBODY: Final = 65534
_TOLD: Final = re.compile(r"^attacks: (\d+) tried, (\d+) succeeded", re.MULTILINE)
_PYTEST: Final = (sys.executable, "-m", "pytest", "-q", "-rs")

Done = subprocess.CompletedProcess[str]


def as_myself(file: Path, chosen: str = "", to: TextIO | None = None) -> Done:
    """Run these tests, or what is `chosen` in pytest's words; print what they say meanwhile where `to` is given."""
    return _run([*_PYTEST, *_choice(chosen), str(file)], dict(os.environ), to)


def as_ordinary_user(folder: Path, file: Path, chosen: str = "", to: TextIO | None = None) -> Done:
    """The same as user 65534, with `folder` as its home. Only root can."""
    home = folder / "home"
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)
    folder.chmod(0o755)
    command = [sys.executable, str(TESTS / "jail" / "ordinary_user.py"), *_PYTEST, f"--basetemp={home}/pytest"]
    environment = {"HOME": str(home), "PATH": os.defpath, "TMPDIR": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    return _run([*command, *_choice(chosen), str(file)], environment, to)


def came_to(done: Done) -> tuple[int, int]:
    """How many attacks were tried, and how many of them succeeded; nothing said is nothing tried."""
    told = _TOLD.search(done.stdout)
    return (int(told[1]), int(told[2])) if told else (0, 0)


def _choice(chosen: str) -> list[str]:
    return ["-k", chosen] if chosen else []


def _run(command: list[str], environment: dict[str, str], to: TextIO | None) -> Done:
    said = []
    with subprocess.Popen(
        command, env=environment, cwd=TESTS.parent, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as run:
        assert run.stdout
        for line in run.stdout:
            said.append(line)
            if to is not None:
                print(line, end="", file=to, flush=True)
    return Done(command, run.returncode, "".join(said))
