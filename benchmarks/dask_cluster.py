"""A real scheduler and real workers, as processes on this machine alone: for tests and benchmarks."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, Self

_READY: Final = 60.0


class DaskCluster:
    """A scheduler in `folder`, which is made, and its workers: `worker` starts one more. A context manager.

    `environment` is Dask's configuration. Raises RuntimeError, with what the processes said, if it does not start.
    """

    def __init__(self, folder: Path, scheme: str = "tcp", environment: Mapping[str, str] | None = None) -> None:
        folder.mkdir()
        self._folder, self._environment = folder, environment or {}
        self._processes: list[subprocess.Popen[bytes]] = []
        found = folder / "scheduler.json"
        self._run(
            "scheduler", "--host", f"{scheme}://127.0.0.1", "--port", "0", "--no-dashboard",
            "--scheduler-file", str(found),
        )  # fmt: skip
        self._wait(found.exists)
        self.address: str = json.loads(found.read_text())["address"]

    def worker(self, *options: str) -> subprocess.Popen[bytes]:
        """One more worker, of one thread."""
        number = len(self._processes)
        return self._run(
            "worker", self.address, "--host", "127.0.0.1", "--nthreads", "1", "--no-dashboard",
            "--local-directory", str(self._folder / f"worker{number}"), *options,
        )  # fmt: skip

    def wait_for(self, workers: int) -> None:
        """Until so many workers were seen."""
        log = self._folder / "scheduler0.log"
        self._wait(lambda: log.read_text().count("Register worker addr") >= workers)

    def _wait(self, ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _READY
        while not ready():
            if self._processes[0].poll() is not None or time.monotonic() > deadline:
                said = self.logs()
                self.close()
                raise RuntimeError(f"the cluster does not start:\n{said}")
            time.sleep(0.1)

    def kill_scheduler(self) -> None:
        self._processes[0].kill()
        self._processes[0].wait()

    def logs(self) -> str:
        return "\n".join(p.read_text() for p in sorted(self._folder.glob("*.log")))

    def close(self) -> None:
        for process in reversed(self._processes):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for process in self._processes:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self, what: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self._folder / f"{what}{len(self._processes)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.dask_{what}", *arguments],
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
                env={**os.environ, "OMP_NUM_THREADS": "1", **self._environment},
                start_new_session=True,
            )
        self._processes.append(process)
        return process
