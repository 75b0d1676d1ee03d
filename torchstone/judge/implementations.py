"""The two things a check can hold: a student in the jail, or trusted code here. Both by value, over the same wire."""

from __future__ import annotations

import contextlib
import functools
import random
import warnings
from collections import deque
from collections.abc import Iterator, Mapping
from types import CodeType
from typing import Any, Final, NoReturn

import torch

from torchstone import wire
from torchstone.compare import Fault, clean
from torchstone.errors import NotData
from torchstone.jail import SCENARIO_NAMES, Answer, Child, ChildLost, Misfit, StudentRaised
from torchstone.judge.passes import Exchange, Passes
from torchstone.judge.probe import Probe
from torchstone.judge.scenarios import Scenario
from torchstone.judge.stock import Named
from torchstone.judge.trial import Trial
from torchstone.messages import verdicts
from torchstone.model import Basis, Limits, Stage, Where
from torchstone.wire import Packed

#: How much of a student's own exception is shown.
_TEXT: Final = 300
_CODE: Final = 200
_TYPE_NAME: Final = 60


TIMEOUT: Final = "timeout"
#: The kind of a fault that a forbidden name caused.
REFUSED: Final = "refused"


class Lost(Fault):
    """The jailed process gave no answer. `kind` is why: "timeout", "died", "protocol", "memory", "output"."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(Stage.RAN, message, kind=TIMEOUT if reason in ("deadline", "cpu") else reason)

    @property
    def maybe_ours(self) -> bool:
        """It was too slow, or the kernel killed it: that may have been the machine's fault, and is tried once more."""
        return self.kind in (TIMEOUT, "memory")


class Code:
    """An implementation under test. Public names are its own: `student.f(x)` calls `f` by value.

    Whatever it does, the caller gets data or a Fault.
    """

    def __getattr__(self, name: str) -> Named:
        if name.startswith("_"):
            raise AttributeError(name)
        return Named(self, name)

    def _call(self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        raise NotImplementedError

    def _run(self, scenario: Scenario, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        raise NotImplementedError


class Local(Code):
    """Trusted code in this process (the reference), always on copies of its inputs."""

    def __init__(self, names: Mapping[str, Any]) -> None:
        self._names = names

    def _call(self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        inputs: Any = wire.copy_in((args, dict(kwargs)))
        before = [t.clone() for t in _tensors(inputs)]
        with _calm():
            function: Any = _Names(self._names)
            for part in name.split("."):
                function = getattr(function, part)
            value = wire.copy(function(*inputs[0], **inputs[1]))
        after = list(_tensors(inputs))
        _refuse_mutation(name, [i for i, (a, b) in enumerate(zip(before, after, strict=True)) if not _equal(a, b)])
        return value

    def _run(self, scenario: Scenario, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        inputs: Any = wire.copy_in((args, dict(kwargs)))
        with _calm():
            world = dict(SCENARIO_NAMES)
            exec(_compiled(scenario.text, scenario.name), world)
            program: Any = world[scenario.name]
            return wire.copy(program(_Names(self._names), *inputs[0], **inputs[1]))


class Jailed(Code):
    """A program in its jail. `device` is where the worker puts the inputs ("cpu" or "sim")."""

    def __init__(self, child: Child, limits: Limits, device: str = "cpu") -> None:
        self._child, self._limits, self._device = child, limits, device
        self._noted: set[str] = set()
        self._ahead: deque[tuple[Packed, Packed | ChildLost]] = deque()
        self._exchanges: list[Exchange] = []

    def _what_was_noted(self) -> frozenset[str]:
        """Forbidden names that were refused or seen so far, though an answer came."""
        return frozenset(self._noted)

    def _what_was_exchanged(self) -> tuple[Exchange, ...]:
        """What this program was asked so far, and what it replied."""
        return tuple(self._exchanges)

    def _recall(self, probe: Probe, passes: Passes) -> Trial | None:
        """Put the questions of those that passed on this probe, as long as the replies are theirs too; their trial, if
        all are. Otherwise the body is to run: questions that were put ahead have their replies already.
        """
        replies: list[bytes] = []
        while (question := passes.question(probe, replies)) is not None:
            try:
                reply = self._child.put(question, wall_seconds(self._limits))
            except ChildLost as lost:
                self._ahead.append((question, lost))
                return None
            self._ahead.append((question, reply))
            replies.append(reply.digest)
        return passes.trial(probe, replies)

    def _call(self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        answer = self._ask(self._child.to_call(name, args, kwargs))
        _refuse_mutation(name, answer.mutated)
        return answer.value

    def _run(self, scenario: Scenario, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        return self._ask(self._child.to_run(scenario.text, scenario.name, args, kwargs)).value

    def _ask(self, question: Packed) -> Answer:
        try:
            reply = self._reply(question)
            answer = self._child.read(reply)
        except StudentRaised as e:
            raise raised(e) from None
        except ChildLost as e:
            raise Lost(lost_message(e.reason, self._limits), e.reason) from None
        self._exchanges.append(Exchange(question, reply.digest))
        self._noted.update(answer.noted)
        if self._device != "cpu" and "cpu" in answer.devices:
            raise Fault(Stage.DEVICE, verdicts.came_back_on_the_cpu(), basis=Basis.SELF_REPORTED)
        return answer

    def _reply(self, question: Packed) -> Packed:
        """The reply, if it came ahead to this very question; else it is asked for now."""
        if self._ahead:
            put, reply = self._ahead.popleft()
            if put == question:
                if isinstance(reply, ChildLost):
                    raise reply
                return reply
            self._ahead.clear()
        return self._child.put(question, wall_seconds(self._limits))


@functools.lru_cache(maxsize=256)
def _compiled(text: str, name: str) -> CodeType:
    return compile(text, f"<scenario {name}>", "exec")


def wall_seconds(limits: Limits) -> float:
    """How long an answer may take by the clock. CPU time is bounded in the jail; this is against sleepers."""
    return limits.cpu_seconds * limits.wall_factor


def raised(e: StudentRaised) -> Fault:
    """What a student reads of an exception in their own code. All of it is text from the jail."""
    text, type_name = clean(e.text, _TEXT), clean(e.type_name, _TYPE_NAME)
    where = None
    if isinstance(e.cell, str) and isinstance(e.line, int) and isinstance(e.code, str):
        where = Where(clean(e.cell, _TYPE_NAME), e.line, clean(e.code, _CODE))
    if e.kind == "missing":
        return Fault(Stage.RAN, verdicts.undefined(text), kind="missing")
    if e.kind == "misfit":
        return Fault(Stage.SHAPE, text, kind="misfit")
    if e.kind == "notdata":
        return _not_data(text)
    if e.kind == "refused":
        return Fault(Stage.RAN, verdicts.refused(text), where=where, basis=Basis.SELF_REPORTED, kind=REFUSED)
    if type_name == "NotImplementedError" and not text:
        return Fault(Stage.RAN, verdicts.not_written(), where=where, kind=type_name)
    message = verdicts.raised(type_name, text)
    if where is None:
        message = verdicts.unusable(message)
    return Fault(Stage.RAN, message, where=where, kind=type_name)


def lost_message(reason: str, limits: Limits) -> str:
    """Why there was no answer."""
    return {
        "deadline": verdicts.no_answer_in_time(wall_seconds(limits)),
        "cpu": verdicts.too_much_computing(limits.cpu_seconds),
        "died": verdicts.ended(),
        "memory": verdicts.too_much_memory(limits.memory_mb),
        "output": verdicts.endless_output(),
        "protocol": verdicts.unreadable(),
    }.get(reason, verdicts.no_answer())


def _not_data(what: str) -> Fault:
    return Fault(Stage.TYPE, verdicts.not_data(what), kind="notdata")


def _refuse_mutation(name: str, changed: Any) -> None:
    """Raise Fault if a direct call changed its inputs, unless its name ends in `_` as in-place functions' do."""
    numbers = [i for i in changed if type(i) is int and 0 <= i < 1000]
    if numbers and not name.endswith("_"):
        raise Fault(Stage.INPUTS, verdicts.input_changed(name, numbers[0] + 1), basis=Basis.SELF_REPORTED)


class _Missing(Exception):
    """A name that the trusted code lacks."""


class _Names:
    """What a scenario sees of trusted code: its names, read only."""

    def __init__(self, names: Mapping[str, Any]) -> None:
        object.__setattr__(self, "_names", names)

    def __getattr__(self, name: str) -> Any:
        try:
            return self._names[name]
        except KeyError:
            raise _Missing(name) from None

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a scenario changes nothing of its implementation ({name})")


@contextlib.contextmanager
def _calm() -> Iterator[None]:
    """The state in which the worker runs a student's code, for ours; and what goes wrong in it, as a Fault."""
    state, python_state = torch.get_rng_state(), random.getstate()
    torch.default_generator.manual_seed(0)
    random.seed(0)
    try:
        with warnings.catch_warnings(), torch.enable_grad():
            warnings.simplefilter("ignore")
            yield
    except NotData as e:
        raise _not_data(str(e)) from e
    except _Missing as e:
        raise Fault(Stage.RAN, verdicts.undefined(str(e)), kind="missing") from e
    except Misfit as e:
        raise Fault(Stage.SHAPE, str(e), kind="misfit") from e
    except Exception as e:
        raise Fault(Stage.RAN, verdicts.raised(type(e).__name__, clean(str(e), _TEXT)), kind=type(e).__name__) from e
    finally:
        torch.set_rng_state(state)
        random.setstate(python_state)


def _tensors(value: Any) -> Iterator[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _tensors(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _tensors(item)


def _equal(before: torch.Tensor, after: torch.Tensor) -> bool:
    """Equal in shape and entries, NaN to NaN."""
    if before.shape != after.shape or before.dtype != after.dtype:
        return False
    same = before == after
    return bool((same | (before.isnan() & after.isnan())).all()) if before.is_floating_point() else bool(same.all())
