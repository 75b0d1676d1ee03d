"""The processor time of a command and of everything it started, by the kernel's own count.

`used([…])` runs the command below a wrapper (this module, run as a program) that adopts whatever outlives its parent
and waits for it, so that jailed processes and notebook kernels are counted whoever started them.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]

_PR_SET_CHILD_SUBREAPER: Final = 36
_SAID: Final = 3000


@dataclass(frozen=True)
class Used:
    """What a command used up, in seconds."""

    cpu: float
    clock: float


def used(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> Used:
    """Run a command in `folder` to its end, its output kept back. Raises RuntimeError with that output if it fails."""
    reader, writer = os.pipe()
    environment = {**os.environ, "OMP_NUM_THREADS": "1", **(environment or {})}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"  # nbgrader calls alembic
    wrapped = [sys.executable, str(Path(__file__)), str(writer), *command]
    with os.fdopen(reader) as report:
        done = subprocess.run(
            wrapped,
            cwd=folder,
            env=environment,
            pass_fds=[writer],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        os.close(writer)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)} gave {done.returncode}:\n{done.stdout[-_SAID:]}")
        return Used(**json.loads(report.read()))


def so_far(process: int) -> float:
    """Processor seconds of a process, of its descendants that live, and of those that were waited for."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    spent = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")  # utime, stime, cutime, cstime
    for thread in Path(f"/proc/{process}/task").iterdir():
        spent += sum(so_far(int(child)) for child in (thread / "children").read_text().split())
    return spent


def main(report: int, command: Sequence[str]) -> int:
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    began = time.monotonic()
    code = subprocess.run(command, check=False).returncode
    clock = time.monotonic() - began
    while True:
        try:
            os.wait()
        except ChildProcessError:
            break
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    os.write(report, json.dumps({"cpu": children.ru_utime + children.ru_stime, "clock": clock}).encode())
    return code


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
