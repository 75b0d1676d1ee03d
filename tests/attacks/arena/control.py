"""The client of the unprotected grader."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from arena.attack import Attack
from arena.observe import Observation
from arena.world import SOLUTION, World, settle

#: Seconds of doing nothing, and of computing, after which an attack has had its time. (A machine that gets its memory
#: from another takes two seconds of processor time to give out 800 MB.)
_IDLE_SECONDS: Final = 1.5
_COMPUTING_SECONDS: Final = 5.0
_SET: Final = {"OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
#: What right answers earn: gradients do not travel in pickles.
_FULL: Final = {"pickle": 5.0}


class Control:
    """Grades without any protection."""

    def __init__(self, world: World, folder: Path) -> None:
        self._world, self._folder = world, folder
        self._server = subprocess.Popen(
            [sys.executable, str(Path(__file__).parent / "control_server.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **_SET, "HOME": str(folder)},
            close_fds=False,
        )
        assert self._server.stdout
        assert self._server.stdout.readline() == "ready\n"

    def observe(self, attack: Attack) -> Observation:
        """Grade the attack, then the submission after it."""
        world = self._world
        before = world.untouched()
        cwd = self._folder / "cwd"
        cwd.mkdir(exist_ok=True)
        aims = world.aims(self._server.pid)
        second = [SOLUTION] if attack.second is None else [aims, attack.second]
        answer = self._ask(attack, [[aims, attack.text], second], cwd)
        settle(attack.waits)
        scores = [_score(line) for line in answer["lines"]]
        after = world.untouched()
        world.restore()
        said = (self._folder / "output").read_text(errors="replace")
        return Observation(
            earned=scores[0][0] if scores else 0.0,
            honest=attack.honest,
            second=scores[1][0] if len(scores) > 1 else None,
            second_full=_FULL.get(attack.control, 6.0),
            said=said,
            heard=world.told(),
            dropped=world.dropped(),
            changed=changes(before, after),
            bystander_lives=world.alive(),
            left=answer["left"],
            memory_mb=max([s[1] for s in scores], default=0.0),
        )

    def _ask(self, attack: Attack, submissions: list[list[str]], cwd: Path) -> dict[str, Any]:
        assert self._server.stdin
        assert self._server.stdout
        request = {
            "submissions": submissions,
            "kind": attack.control,
            "hidden": str(self._world.graders / "hidden_checks.py"),
            "cwd": str(cwd),
            "output": str(self._folder / "output"),
            "idle_seconds": _IDLE_SECONDS,
            "computing_seconds": _COMPUTING_SECONDS,
            "waits": attack.waits,
        }
        self._server.stdin.write(json.dumps(request) + "\n")
        self._server.stdin.flush()
        answer: dict[str, Any] = json.loads(self._server.stdout.readline())
        return answer

    def close(self) -> None:
        assert self._server.stdin
        self._server.stdin.close()
        self._server.wait(10)
        assert self._server.stdout
        self._server.stdout.close()


def _score(line: str) -> tuple[float, float]:
    try:
        told = json.loads(line)
        return float(told["earned"]), float(told.get("grown", 0))
    except (ValueError, KeyError, TypeError, AttributeError):
        return 0.0, 0.0


def changes(before: dict[str, object], after: dict[str, object]) -> tuple[str, ...]:
    return tuple(Path(p).name for p in sorted(before.keys() | after.keys()) if before.get(p) != after.get(p))


@contextlib.contextmanager
def control(world: World, folder: Path) -> Iterator[Control]:
    """Start the unprotected grader."""
    made = Control(world, folder)
    try:
        yield made
    finally:
        made.close()
