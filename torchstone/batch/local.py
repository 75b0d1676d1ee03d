"""Judges on this machine: processes that idle between programs, so that neither torch nor pytest enters the caller.

They are forked from one, the judge house, and so are the fork servers of their jails: what all need is imported once.
"""

from __future__ import annotations

import queue
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from itertools import islice
from types import TracebackType
from typing import Final

from torchstone.batch import protocol
from torchstone.batch.engine import Brief, Keep, Outcome
from torchstone.batch.house import House
from torchstone.batch.judge_client import JudgeClient
from torchstone.errors import StoreError, TorchstoneError
from torchstone.jail import choose_tier
from torchstone.model import Program, Result, Tier

#: Programs for each judge, the one at work included, so that none waits while the caller writes a batch of scores.
_AHEAD: Final = 4


class LocalJudges:
    """`jobs` judges at once. Raises JailUnavailable if no jail can be built here as the policy promises."""

    def __init__(self, brief: Brief, jobs: int = 1) -> None:
        self._jobs = jobs
        self._tier: Tier = choose_tier(brief.policy.jail)
        self._hello = protocol.hello(brief)
        self._house = House(brief.policy.jail, self._tier)
        self._idle: queue.SimpleQueue[JudgeClient] = queue.SimpleQueue()
        self._busy: set[JudgeClient] = set()

    @property
    def tier(self) -> Tier:
        return self._tier

    def begin(self) -> None:
        """Start the judge house."""
        self._house.begin()

    def judge(self, programs: Iterable[Program], keep: Keep) -> Iterator[Outcome]:
        """Outcomes as they come. One slow program holds up no other judge."""
        waiting = iter(programs)
        with ThreadPoolExecutor(self._jobs) as pool:

            def next_of(count: int) -> set[Future[Outcome]]:
                return {pool.submit(self.one, p, keep) for p in islice(waiting, count)}

            try:
                pending = next_of(_AHEAD * self._jobs)
                while pending:
                    done, pending = wait(pending, return_when=FIRST_COMPLETED)
                    pending |= next_of(len(done))
                    for future in done:
                        yield future.result()
            except BaseException:  # the store is gone, or nobody listens: no judge is asked any more, or waited for
                pool.shutdown(wait=False, cancel_futures=True)
                self.kill()
                raise

    def one(self, program: Program, keep: Keep) -> Outcome:
        """The outcome of one program. A judge that dies over the diagnosis leaves the score. Raises StoreError."""
        best: Result | None = None
        try:
            with self._lease() as judge:
                for best in judge.results(program):
                    keep(best)
        except StoreError:
            raise  # it would meet every program alike
        except TorchstoneError as e:
            return Outcome(program, best, None if best else e)
        return Outcome(program, best)

    def _lease(self) -> _Lease:
        try:
            return _Lease(self._idle, self._busy, self._idle.get_nowait())
        except queue.Empty:
            return _Lease(self._idle, self._busy, JudgeClient(self._house, self._hello))

    def kill(self) -> None:
        """End the judges that are at work; whoever waits for one gets a JailError."""
        for judge in tuple(self._busy):
            judge.kill()

    def close(self) -> None:
        with suppress(queue.Empty):
            while True:
                self._idle.get_nowait().close()
        self._house.close()


class _Lease:
    """A judge for one program: back among the idle ones afterwards, unless it broke."""

    def __init__(self, idle: queue.SimpleQueue[JudgeClient], busy: set[JudgeClient], judge: JudgeClient) -> None:
        self._idle, self._busy, self._judge = idle, busy, judge

    def __enter__(self) -> JudgeClient:
        self._busy.add(self._judge)
        return self._judge

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._busy.discard(self._judge)
        if error is None:
            self._idle.put(self._judge)
        else:
            self._judge.close()
