"""The one way to a Result: the results store first, else a judge process.

Judges live in processes of their own, so that neither torch nor pytest enters the caller (Jupyter's server, the
command line).
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from types import TracebackType
from typing import Final, Self

from torchstone import errors
from torchstone.batch import protocol
from torchstone.config import Course
from torchstone.errors import CourseError, JailError, StoreError, TorchstoneError
from torchstone.jail import choose_tier
from torchstone.judge.keys import result_key
from torchstone.model import GradingPolicy, Program, Result, Tier
from torchstone.notebook import read, solution_program
from torchstone.results import Store
from torchstone.results.codec import load_result

#: A judge that says nothing for so long is broken (every child of its has limits of its own), in seconds.
JUDGE_SILENCE: Final = 1800.0


@dataclass(frozen=True)
class Outcome:
    """What became of one program: a result, or a fault of ours."""

    program: Program
    result: Result | None
    fault: TorchstoneError | None = None
    from_store: bool = False


class GradingService:
    """Grades programs of a course with `jobs` judges at once. A context manager.

    `trust` runs submissions without a jail (the instructor's explicit choice); `fresh` does not look into the store.
    """

    def __init__(self, course: Course, jobs: int = 1, *, trust: bool = False, fresh: bool = False) -> None:
        self._course, self._jobs, self._trust, self._fresh = course, jobs, trust, fresh
        self._weeks: dict[str, _Week] = {}
        self._graded: set[str] = set()  # keys graded by this service: not again, whatever became of them
        self._store_lock = threading.Lock()

    @cached_property
    def store(self) -> Store:
        """The course's results store."""
        from torchstone import secret

        known = secret.fingerprint(secret.load_or_create(self._course.secret_path))
        return Store(self._course.state / "results.sqlite", known)

    def key(self, assignment: str, program: Program) -> str:
        """The content address of everything that the result of `program` depends on."""
        return self._week(assignment).key(program)

    def stored(self, assignment: str, program: Program) -> Result | None:
        """The result of `program` if it is there already; no judge is started."""
        key = self.key(assignment, program)
        with self._store_lock:
            if key in self._graded:
                return self.store.latest(key)
            return None if self._fresh else self.store.get(key)

    def grade(self, assignment: str, program: Program) -> Result:
        """The result of one program. Raises TorchstoneError for a fault of ours."""
        outcome = self._grade(assignment, program)
        if outcome.result is None:
            raise outcome.fault or JailError("the judge gave no result")
        return outcome.result

    def grade_many(self, assignment: str, programs: Sequence[Program]) -> Iterator[Outcome]:
        """Outcomes as they come; equal programs are graded once. One slow program holds up no other judge."""
        distinct = list({p.digest: p for p in programs}.values())
        with ThreadPoolExecutor(self._jobs) as pool:
            futures: list[Future[Outcome]] = [pool.submit(self._grade, assignment, p) for p in distinct]
            try:
                for future in as_completed(futures):
                    yield future.result()
            except BaseException:  # the store is gone: no judge is asked any more
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _grade(self, assignment: str, program: Program) -> Outcome:
        week = self._week(assignment)
        found = self.stored(assignment, program)
        if found is not None and found.diagnosed:
            return Outcome(program, found, from_store=True)
        best: Result | None = None
        try:
            with week.judge() as judge:
                for best in judge.results(program):
                    self._keep(best)
        except StoreError:
            raise  # it would meet every program alike
        except TorchstoneError as e:
            return Outcome(program, best, None if best else e)
        return Outcome(program, best)

    def _keep(self, result: Result) -> None:
        with self._store_lock:
            self.store.put(result)
            self._graded.add(result.key)

    def _week(self, assignment: str) -> _Week:
        with self._store_lock:
            if assignment not in self._weeks:
                self._weeks[assignment] = _Week(self._course, assignment, self._trust)
            return self._weeks[assignment]

    def close(self) -> None:
        for week in self._weeks.values():
            week.close()
        if "store" in self.__dict__:
            self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


class _Week:
    """The idle judges of one assignment, and what its keys are made of."""

    def __init__(self, course: Course, assignment: str, trust: bool) -> None:
        self.graders = course.graders / assignment
        if not self.graders.is_dir():
            raise CourseError(f"there are no graders for {assignment}: {self.graders} is missing")
        self.policy: GradingPolicy = course.policy(assignment, trust=trust)
        self.tier: Tier = choose_tier(self.policy.jail)
        notebook = course.source / assignment / f"{assignment}.ipynb"
        self.solution = solution_program(read(notebook.read_bytes()), assignment) if notebook.exists() else None
        self._hello = protocol.hello(course.graders, self.policy, self.solution, course.state / "wanted.sqlite")
        self._idle: queue.SimpleQueue[_JudgeProcess] = queue.SimpleQueue()

    def key(self, program: Program) -> str:
        return result_key(program, self.graders, self.policy, self.tier, self.solution)

    def judge(self) -> _Lease:
        try:
            return _Lease(self._idle, self._idle.get_nowait())
        except queue.Empty:
            return _Lease(self._idle, _JudgeProcess(self._hello))

    def close(self) -> None:
        with suppress(queue.Empty):
            while True:
                self._idle.get_nowait().close()


class _Lease:
    """A judge for one program: back among the idle ones afterwards, unless it broke."""

    def __init__(self, idle: queue.SimpleQueue[_JudgeProcess], judge: _JudgeProcess) -> None:
        self._idle, self._judge = idle, judge

    def __enter__(self) -> _JudgeProcess:
        return self._judge

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if error is None:
            self._idle.put(self._judge)
        else:
            self._judge.close()


class _JudgeProcess:
    """The service's end of a judge process."""

    def __init__(self, hello: protocol.Message) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "torchstone.batch.judge_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
        )
        self._words: list[str] = []
        threading.Thread(target=self._listen, daemon=True).start()
        try:
            self._say(hello)
            self._hear()
        except TorchstoneError:
            self.close()
            raise

    def results(self, program: Program) -> Iterator[Result]:
        """The score, then the same with its diagnosis. Raises TorchstoneError for a fault of ours."""
        self._say(protocol.dump_program(program) or {})
        yield load_result(self._hear()["scored"])
        yield load_result(self._hear()["diagnosed"])

    def _say(self, message: protocol.Message) -> None:
        assert self._process.stdin
        try:
            self._process.stdin.write(json.dumps(message) + "\n")
            self._process.stdin.flush()
        except OSError:
            raise JailError(f"the judge process ended: {self._last_words()}") from None

    def _hear(self) -> protocol.Message:
        assert self._process.stdout
        watchdog = threading.Timer(JUDGE_SILENCE, self._process.kill)
        watchdog.start()
        try:
            line = self._process.stdout.readline()
        finally:
            watchdog.cancel()
        if not line:
            raise JailError(f"the judge process ended: {self._last_words()}")
        message: protocol.Message = json.loads(line)
        if "refused" in message:
            raise getattr(errors, message["refused"], JailError)(message["message"])
        if "fault" in message:
            raise JailError(f"the judge failed: {message['fault']}")
        return message

    def _listen(self) -> None:
        """Keep the end of what the process complains about, for the message if it dies."""
        assert self._process.stderr
        for line in self._process.stderr:
            self._words = [*self._words[-20:], line.rstrip()]

    def _last_words(self) -> str:
        return " / ".join(self._words[-3:]) or f"exit status {self._process.poll()}"

    def close(self) -> None:
        assert self._process.stdin
        with suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for stream in (self._process.stdout, self._process.stderr):
            if stream:
                stream.close()
