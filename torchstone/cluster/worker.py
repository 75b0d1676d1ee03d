"""A Dask worker's side: judges that live as long as a run, on a machine whose jail was attacked first.

Nothing of a submission is in the Dask worker but text on its way to the judge, which is a process of its own.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from distributed import WorkerPlugin, get_worker

from torchstone.batch import Outcome
from torchstone.batch.local import LocalJudges
from torchstone.cluster import jail_check, parcel
from torchstone.cluster.alike import differences, versions
from torchstone.errors import ClusterError, JailError, JailUnavailable, TorchstoneError
from torchstone.judge.keys import own_digest


class JudgeHolder(WorkerPlugin):
    """Holds a worker's judges. It offers Dask a resource once they may judge, and none if this machine is refused.

    The resource is named after the run and the tier, so that batches go only to workers of the tier they are meant for,
    and no more at once than the worker has threads. (No `repr`: a brief holds the draw key.)
    """

    def __init__(self, name: str, brief: bytes) -> None:
        self.name = name
        self._brief = brief
        self._judges: LocalJudges | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._admission: asyncio.Task[None] | None = None
        self._standing = {"state": "checking"}

    # ---- Dask calls these on the worker's event loop ----
    def setup(self, worker: Any) -> None:
        """Begin to look at this machine; the worker goes on meanwhile."""
        self._admission = asyncio.get_running_loop().create_task(self._admit(worker))

    def teardown(self, worker: Any) -> None:
        """End the judges, also in the middle of a batch, and remove the graders from this machine."""
        if self._admission is not None:
            self._admission.cancel()
        judges, self._judges = self._judges, None
        if judges is not None:
            judges.kill()
            judges.close()
        if self._folder is not None:
            self._folder.cleanup()

    async def _admit(self, worker: Any) -> None:
        try:
            tier = await asyncio.to_thread(self._prepare, Path(worker.local_directory), worker.state.nthreads)
            await worker.set_resources(**{resource(self.name, tier): worker.state.nthreads})
            self._standing = {"state": "ready", "tier": tier, "slots": str(worker.state.nthreads)}
        except TorchstoneError as e:
            self._standing = {"state": "refused", "reason": " ".join(str(e).split())}
        except Exception as e:
            self._standing = {"state": "refused", "reason": f"{type(e).__name__}: {e}"}

    def _prepare(self, scratch: Path, slots: int) -> str:
        """Open judges here. Raises TorchstoneError where this machine must not judge."""
        sent = parcel.unpack_brief(self._brief)
        if told := differences(sent.versions, versions()):
            raise ClusterError(f"it has {told}; install the same on every machine, from one constraints.txt")
        if own_digest() != sent.framework:
            raise ClusterError("its Torchstone has another source; install the same commit on every machine")
        self._folder = tempfile.TemporaryDirectory(prefix="torchstone-", dir=scratch, ignore_cleanup_errors=True)
        brief = sent.unpack(Path(self._folder.name))
        judges = LocalJudges(brief, jobs=slots)
        if judges.tier == "none":
            raise JailUnavailable("grading without a jail is for the instructor's own machine, never for a cluster")
        if broken := jail_check.broken(brief.policy, judges.tier):
            raise JailUnavailable(f"its jail (tier {judges.tier}) does not hold: {', '.join(broken)}")
        self._judges = judges
        return judges.tier

    # ---- called in a batch's thread ----
    def judge(self, programs: bytes) -> bytes:
        """The outcomes of a batch, each the best that was reached: a diagnosis that breaks leaves the score."""
        started = time.monotonic()
        outcomes: list[Outcome] = []
        for program in parcel.unpack_programs(programs):
            judges = self._judges
            if judges is None:
                raise JailError("this worker has no judges any more")
            outcomes.append(judges.one(program, lambda result: None))
        return parcel.pack_outcomes(outcomes, time.monotonic() - started)

    @property
    def standing(self) -> dict[str, str]:
        return self._standing


def resource(run: str, tier: str) -> str:
    """What a worker offers that may judge in a run with this tier."""
    return f"{run}-{tier}"


def judge_batch(run: str, programs: bytes) -> bytes:
    """A Dask task: judge a batch on this worker. A failure is told in words: Dask would log the arguments with it."""
    try:
        answer: bytes = get_worker().plugins[run].judge(programs)
    except Exception as e:
        return json.dumps({"failed": f"{type(e).__name__}: {e}"}).encode()
    return answer


def standing(run: str, dask_worker: Any) -> dict[str, str]:
    """How a worker stands in a run: checking, ready (with tier and slots) or refused (with the reason)."""
    holder = dask_worker.plugins.get(run)
    return {"state": "absent"} if holder is None else dict(holder.standing)
