"""The processor time of a command and of everything it started, by the kernel's own count.

`used([…])` runs the command below a wrapper (this module, run as a program) that adopts whatever outlives its parent
and waits for it, so that jailed processes and notebook kernels are counted whoever started them.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]

_PR_SET_CHILD_SUBREAPER: Final = 36
_SAID: Final = 3000
_LOOK_SECONDS: Final = 0.25


@dataclass(frozen=True)
class Used:
    """What a command used up, in seconds. `own` is the processor time of single processes, by what their name and
    command line (`judge: python -m …`) hold: as it was when it was last looked at, so a little less than all. `memory`
    is the most that these processes had resident together at any look, in bytes; what they share counts for each.
    `busy` is what all processors together were at work meanwhile, for whomever: on a quiet machine it tells whether
    `cpu` lacks something.
    """

    cpu: float
    clock: float
    own: Mapping[str, float]
    memory: int
    busy: float


def used(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str] | None = None,
    marks: Sequence[str] = (),
) -> Used:
    """Run a command in `folder` to its end, its output kept back; `marks` are what to tell processes by.

    Raises RuntimeError with the output if it fails.
    """
    reader, writer = os.pipe()
    environment = {**os.environ, "OMP_NUM_THREADS": "1", **(environment or {})}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"  # nbgrader calls alembic
    wrapped = [sys.executable, str(Path(__file__)), str(writer), *command]
    before = _busy()
    with os.fdopen(reader) as report, tempfile.TemporaryFile("w+", errors="replace") as said:
        process = subprocess.Popen(
            wrapped,
            cwd=folder,
            env=environment,
            pass_fds=[writer],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        os.close(writer)
        seen: dict[int, tuple[str, float]] = {}
        memory = 0
        while process.poll() is None:
            now = _marked(process.pid, marks)
            seen |= now
            memory = max(memory, sum(map(_resident, now)))
            time.sleep(_LOOK_SECONDS)
        if process.returncode:
            said.seek(0)
            raise RuntimeError(f"{' '.join(command)} gave {process.returncode}:\n{said.read()[-_SAID:]}")
        own = {mark: sum(cpu for m, cpu in seen.values() if m == mark) for mark in marks}
        return Used(**json.loads(report.read()), own=own, memory=memory, busy=_busy() - before)


def so_far(process: int) -> float:
    """Processor seconds of a process, of its descendants that live, and of those that were waited for."""
    return sum(_ticks(p, 4) for p in _tree(process))


def _marked(process: int, marks: Sequence[str]) -> dict[int, tuple[str, float]]:
    """Of the processes that hold a mark in their command line: the mark, and the processor time of it alone."""
    found = {}
    for p in _tree(process):
        with contextlib.suppress(OSError):  # it has ended
            name, line = (Path(f"/proc/{p}/{file}").read_bytes() for file in ("comm", "cmdline"))
            line = (name.strip() + b": " + line.replace(b"\0", b" ")).decode(errors="replace")
            if mark := next((m for m in marks if m in line and "whole_tree" not in line), None):
                found[p] = (mark, _ticks(p, 2))
    return found


def _tree(process: int) -> Iterator[int]:
    yield process
    with contextlib.suppress(OSError):  # it has ended
        for thread in Path(f"/proc/{process}/task").iterdir():
            for child in (thread / "children").read_text().split():
                yield from _tree(int(child))


def _ticks(process: int, fields: int) -> float:
    """Seconds in utime, stime, and with four fields also those of children that were waited for."""
    with contextlib.suppress(OSError):
        told = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, told[11 : 11 + fields])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _busy() -> float:
    """Seconds that the processors of this machine were not idle: in programs, in the kernel, in interrupts."""
    user, nice, system, _, _, irq, softirq, *_ = map(int, Path("/proc/stat").read_text().split()[1:11])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def _resident(process: int) -> int:
    """Bytes."""
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


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
