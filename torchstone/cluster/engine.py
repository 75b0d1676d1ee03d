"""Judges on a Dask cluster. Nothing durable is there: results are kept here as batches come back."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import suppress
from typing import Any, Final

from distributed import Client, KilledWorker, wait

from torchstone.batch import Brief, Outcome
from torchstone.batch.engine import Keep
from torchstone.cluster import parcel
from torchstone.cluster.roll import Roll, has_no_torchstone
from torchstone.cluster.supply import Supply
from torchstone.cluster.trust import require_trusted
from torchstone.cluster.worker import JudgeHolder, judge_batch, resource
from torchstone.errors import ClusterError, TorchstoneError
from torchstone.judge.keys import WeekKeys
from torchstone.model import Program, Tier

_CONNECT: Final = 30.0  #: seconds for the scheduler to answer
_POLL: Final = 2.0  #: seconds between two looks at who is there
_FETCH: Final = 20.0  #: seconds to fetch an answer from its worker
_NOBODY: Final = 60.0  #: seconds without a worker that may judge, after which a run ends
_CHECKING: Final = 300.0  #: seconds for the workers that are there to look at their machines
_KEPT: Final = "what was graded is kept; the same command goes on from there"


class DaskJudges:
    """The judges of an assignment on the workers of a cluster, all of one tier: the strongest that is there.

    Raises ClusterError: out of reach, not encrypted, or no worker may judge.
    """

    def __init__(self, brief: Brief, address: str, say: Callable[[str], None]) -> None:
        if brief.policy.jail.tier == "none":
            raise ClusterError("grading without a jail is for this machine alone; leave out --on, or the trust")
        self._brief, self._address = brief, address
        self._run = f"torchstone-{brief.assignment}-{uuid.uuid4().hex[:8]}"
        self._client = _connected(address)
        self._roll = Roll(self._client, self._run, say)
        self._batches = 0
        self._seen = self._looked = time.monotonic()  #: when a worker could judge; when that was asked last
        try:
            require_trusted(self._client.scheduler_info()["address"], "the scheduler's own address")
            self._hand_out(JudgeHolder(self._run, parcel.pack_brief(brief)))
            self._tier = self._first_look()
            self._keys = WeekKeys(brief.folder, brief.policy, self._tier, brief.solution)
        except BaseException:
            self.close()
            raise

    @property
    def tier(self) -> Tier:
        return self._tier

    def begin(self) -> None:
        """Nothing: workers have their judges since they joined."""

    def judge(self, programs: Iterable[Program], keep: Keep) -> Iterator[Outcome]:
        supply = Supply(programs)
        pending: dict[Any, tuple[Program, ...]] = {}
        try:
            while True:
                while len(pending) < max(2, 2 * self._roll.slots) and (batch := supply.batch()):
                    pending[self._submitted(batch)] = batch
                if not pending and (batch := supply.alone()):
                    pending[self._submitted(batch)] = batch
                if not pending:
                    return
                for future in self._done(pending, supply):
                    for outcome in self._outcomes(future, pending.pop(future), supply):
                        if outcome.result is not None:
                            keep(outcome.result)
                        yield outcome
        finally:
            for future in pending:
                future.cancel()

    def _submitted(self, batch: Sequence[Program]) -> Any:
        self._batches += 1
        return self._client.submit(
            judge_batch,
            self._run,
            parcel.pack_programs(batch),
            key=f"{self._run}-{self._batches}",
            resources={resource(self._run, self._tier): 1},
        )

    def _done(self, pending: dict[Any, tuple[Program, ...]], supply: Supply) -> set[Any]:
        """Those that have come back. Raises ClusterError if none can any more."""
        while pending:
            if time.monotonic() - self._looked > _POLL:
                before = self._roll.ready
                self._look(self._tier)
                if self._roll.ready and not before & self._roll.ready:
                    _take_back(pending, supply)
                    break
            try:
                with self._client.as_current():
                    done = set(wait(list(pending), timeout=_POLL, return_when="FIRST_COMPLETED").done)
            except TimeoutError:
                continue
            except CancelledError:
                raise self._gone() from None
            if any(future.cancelled() for future in done):
                raise self._gone()
            return done
        return set()

    def _outcomes(self, future: Any, batch: Sequence[Program], supply: Supply) -> Iterator[Outcome]:
        """What a batch came to. Programs that came to nothing are not told until they were tried again, alone."""
        try:
            outcomes, seconds = self._answer(future, batch)
            supply.took(batch, seconds)
        except (OSError, CancelledError):  # the worker died between its answer and our reading of it
            supply.give_back(batch)
            return
        except TorchstoneError as e:
            outcomes = tuple(Outcome(program, None, e) for program in batch)
        for outcome in outcomes:
            if outcome.result is not None or not supply.again(outcome.program):
                yield outcome

    def _answer(self, future: Any, batch: Sequence[Program]) -> tuple[tuple[Outcome, ...], float]:
        if future.status != "finished":
            raise ClusterError(_why(future))
        outcomes, seconds = parcel.unpack_outcomes(future.result(timeout=_FETCH), batch)
        for o in outcomes:
            if o.result is not None and o.result.key != self._keys.key(o.program):
                raise ClusterError("a worker's result was made by another framework, other graders or another policy")
        return outcomes, seconds

    # ---- who is there ----
    def _hand_out(self, holder: JudgeHolder) -> None:
        try:
            self._client.register_plugin(holder, name=self._run)
        except Exception as e:  # whatever a worker raised, as Dask brings it here
            if not has_no_torchstone(e):  # that one is refused by the roll, and the others have theirs
                raise ClusterError(f"the workers at {self._address} cannot be given judges: {e}") from e

    def _first_look(self) -> Tier:
        """Wait until there are workers and each has looked at its machine; the tier of the run."""
        started = time.monotonic()
        while True:
            self._look()
            waited = time.monotonic() - started
            if waited > _CHECKING or (not self._roll.waiting and (self._roll.told or waited > _NOBODY)):
                break
            time.sleep(0.5)
        tier = self._roll.tier
        if tier is None:
            raise ClusterError(f"no worker at {self._address} may judge: {self._roll.told or 'there is none'}")
        self._roll.leave_out(tier)
        return tier

    def _gone(self) -> ClusterError:
        return ClusterError(f"the scheduler at {self._address} is gone; {_KEPT}")

    def _look(self, tier: Tier | None = None) -> None:
        """Call the roll; with `tier`, those of another are left out. Raises ClusterError if nobody is left."""
        if self._client.status != "running":
            raise self._gone()
        with suppress(OSError):  # a scheduler that is busy: patience has its end below
            self._roll.call()
            if tier is not None:
                self._roll.leave_out(tier)
        self._looked = time.monotonic()
        if self._roll.slots:
            self._seen = self._looked
        elif self._looked - self._seen > (_CHECKING if self._roll.waiting else _NOBODY):
            raise ClusterError(f"no worker at {self._address} may judge: {self._roll.told or 'none is left'}; {_KEPT}")

    def close(self) -> None:
        with suppress(Exception):  # a cluster that is gone has nothing left to end
            self._client.unregister_worker_plugin(self._run)
        with suppress(Exception):
            self._client.close()


def _connected(address: str) -> Any:
    try:
        return Client(address, timeout=_CONNECT, set_as_default=False, name="torchstone")
    except OSError as e:
        raise ClusterError(f"no scheduler answers at {address} ({e})") from e
    except TypeError as e:  # Dask's word for a tls:// address without certificates
        raise ClusterError(f"{address} needs certificates in Dask's configuration (docs/cluster.md): {e}") from e


def _take_back(pending: dict[Any, tuple[Program, ...]], supply: Supply) -> None:
    """For a moment nobody could judge: what Dask could give to nobody then, it does not look at again."""
    for future in [f for f in pending if not f.done()]:
        future.cancel()
        supply.give_back(pending.pop(future))


def _why(future: Any) -> str:
    error = future.exception(timeout=_FETCH)
    if isinstance(error, KilledWorker):
        return (
            f"each of {error.allowed_failures + 1} workers that judged it died; it is set aside: look at the workers' "
            "logs (memory?), then grade it on a machine of its own"
        )
    return f"the batch failed: {type(error).__name__}: {error}"
