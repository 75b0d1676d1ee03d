"""Runs a student's code, inside the jail. Once a cell has run, nothing here can be trusted: it sends raw values."""

from __future__ import annotations

import builtins
import contextlib
import functools
import linecache
import math
import os
import sys
import types
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, NoReturn

import torch

from torchstone import wire
from torchstone.errors import NotData, WireClosed
from torchstone.jail import code
from torchstone.jail.calm import calm
from torchstone.jail.refusals import Refusals, Refused
from torchstone.jail.scenario_world import SCENARIO_NAMES, Misfit
from torchstone.messages import jailed

if TYPE_CHECKING:
    from torchstone.jail.witness import Witness

#: The exit status of a worker that could not get the memory to answer.
EXIT_MEMORY: Final = 77

_TEXT: Final = 300
_NEVER: Final = math.inf
#: Verbs that have the student's code answer a check; names are refused then.
_ANSWERS: Final = frozenset({"call", "run"})


class Missing(Exception):
    """The student's program does not define this name."""


class Implementation:
    """What a scenario sees of the student's program: its names, to read."""

    __slots__ = ("_module",)

    def __init__(self, module: types.ModuleType) -> None:
        object.__setattr__(self, "_module", module)

    def __getattr__(self, name: str) -> Any:
        try:
            return getattr(self._module, name)
        except AttributeError:
            raise Missing(name) from None

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{name}: the names of a program are only read")


class Worker:
    """Answers requests `(number, verb, arguments)` with `(number, "ok", value, mutated, noted)` or
    `(number, "error", …)`.
    """

    def __init__(self, reader: int, writer: int) -> None:
        self._reader = reader
        self._writer = writer
        self._device: str | None = None
        self._student = _student_module()
        self._implementation = Implementation(self._student)
        self._files: dict[str, str] = {}  # file name of a compiled cell → its label
        self._compiled: dict[str, bytes] = {}  # cells, by file name
        self._refusals = Refusals((), self._files.__contains__)
        self._verbs: dict[str, Callable[..., tuple[object, list[int]]]] = {
            "compile": self._compile,
            "load": self._load,
            "place": self._set_device,
            "refuse": self._refuse,
            "call": self._call,
            "run": self._run,
            "witness": self._begin_witness,
            "account": self._account,
        }
        self._witness: Witness | None = None
        self._last: dict[str, object] | None = None  # the witness's account of the last request

    def serve(self) -> NoReturn:
        """Say that the jail stands, then answer until the other side is gone."""
        wire.send(self._writer, "ready", _NEVER)
        while True:
            try:
                self.answer()
            except WireClosed:
                os._exit(0)

    def answer(self) -> None:
        """Answer the next request. Raises WireClosed when the other side is gone."""
        received = wire.receive(self._reader, _NEVER, trusted_sender=True, place=self._move)
        request: Any = received.value
        number, verb, arguments = request
        if verb == "load":
            cells, compiled = arguments
            self._compiled |= code.unpacked(compiled)
            for place, cell in enumerate(cells):
                self._reply(number + place, verb, cell)
        else:
            self._reply(number, verb, arguments)

    def _reply(self, number: int, verb: str, arguments: Sequence[Any]) -> None:
        try:
            reply: tuple[object, ...] = (number, "ok", *self._done(verb, arguments))
            self._bear_witness(verb, value=reply[2])
        except BaseException as error:  # SystemExit and KeyboardInterrupt are answers like any other
            reply = (number, "error", *self._explain(error))
            self._bear_witness(verb, error=error)
        _flush()
        try:
            wire.send(self._writer, reply, _NEVER)
        except NotData as error:
            wire.send(self._writer, (number, "error", *self._explain(error)), _NEVER)

    def _done(self, verb: str, arguments: Sequence[Any]) -> tuple[object, list[int], list[str]]:
        watch: contextlib.AbstractContextManager[set[str]] = contextlib.nullcontext(set())
        if verb in _ANSWERS:
            watch = self._refusals.watching(self._student.__dict__, operations=self._device is None)
        with watch as noted:
            value, mutated = self._verbs[verb](*arguments)
        return value, mutated, sorted(noted)

    # ---- verbs ------------------------------------------------------------------------------------------------------

    def _load(self, label: str, source: str) -> tuple[object, list[int]]:
        file = _file(label)
        self._files[file] = label
        linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
        done = self._compiled.get(file)
        exec(code.compiled(source, file) if done is None else code.loaded(done), self._student.__dict__)
        return None, []

    def _compile(self, cells: Sequence[tuple[str, str]]) -> tuple[object, list[int]]:
        self._compiled = code.of_cells({_file(label): source for label, source in cells})
        return code.packed(self._compiled), []

    def _set_device(self, device: str) -> tuple[object, list[int]]:
        self._device = None if device == "cpu" else device
        return None, []

    def _refuse(self, names: Sequence[str]) -> tuple[object, list[int]]:
        self._refusals = Refusals(names, self._files.__contains__)
        return None, []

    def _call(self, name: str, args: Sequence[Any], kwargs: dict[str, Any]) -> tuple[object, list[int]]:
        calm()
        before = _snapshot([args, kwargs])
        value = self._resolve(name)(*args, **kwargs)
        return value, _mutated(before)

    def _run(self, scenario: str, entry: str, args: Sequence[Any], kwargs: dict[str, Any]) -> tuple[object, list[int]]:
        calm()
        world = dict(SCENARIO_NAMES)
        exec(_unpacked(scenario), world)
        program: Any = world[entry]
        return program(self._implementation, *args, **kwargs), []

    def _begin_witness(self) -> tuple[object, list[int]]:
        from torchstone.jail.witness import Witness  # only an explaining run pays for it

        self._witness = Witness()
        return None, []

    def _account(self) -> tuple[object, list[int]]:
        return self._last, []

    # ---- helpers ----------------------------------------------------------------------------------------------------

    def _bear_witness(self, verb: str, *, value: object = None, error: BaseException | None = None) -> None:
        if self._witness is not None and verb in ("call", "run"):
            self._last = self._witness.of_value(value) if error is None else self._witness.of_error(error)

    def _move(self, tensor: torch.Tensor) -> torch.Tensor:
        return tensor if self._device is None else tensor.to(self._device)

    def _resolve(self, name: str) -> Any:
        found: Any = self._implementation
        for part in name.split("."):
            found = getattr(found, part)
        return found

    def _explain(self, error: BaseException) -> tuple[str, str, str, str | None, int | None]:
        """Kind, type, message, and the cell and line of the last frame in the student's own code."""
        kinds: dict[type[BaseException], str] = {
            Missing: "missing",
            Misfit: "misfit",
            NotData: "notdata",
            Refused: "refused",
        }
        label, line = None, None
        trace = error.__traceback__
        while trace is not None:
            if (file := trace.tb_frame.f_code.co_filename) in self._files:
                label, line = self._files[file], trace.tb_lineno
            trace = trace.tb_next
        if isinstance(error, SyntaxError) and error.filename in self._files:
            label, line = self._files[error.filename], error.lineno
        try:
            text = str(error.msg if isinstance(error, SyntaxError) else error)
            text = text[:_TEXT].encode("utf-8", "replace").decode()
        except BaseException:
            text = jailed.unreadable_message()
        return kinds.get(type(error), "raised"), type(error).__name__[:80], text, label, line


@functools.lru_cache(maxsize=64)
def _unpacked(scenario: str) -> types.CodeType:
    (compiled,) = code.unpacked(scenario).values()
    return code.loaded(compiled)


def _file(label: str) -> str:
    return f"<{label}>"


def run_as_it_stands(model: Any = None, **_: object) -> Any:
    """In place of `torch.compile`, decorator or call: a jail has neither a compiler nor where to put what it makes.

    What is computed is the same.
    """
    return (lambda given: given) if model is None else model


def _student_module() -> types.ModuleType:
    """The module that a notebook's cells run in: `__main__`, as in Jupyter."""
    module = types.ModuleType("__main__")
    module.__dict__["__builtins__"] = builtins
    sys.modules["__main__"] = module
    builtins.input = _no_input
    builtins.display = _display  # type: ignore[attr-defined]  # Jupyter has it everywhere
    return module


def _no_input(prompt: object = "") -> NoReturn:
    raise EOFError(jailed.nobody_to_ask())


def _display(*values: object, **_: object) -> None:
    print(*values)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:  # the student may have replaced or closed either
            continue


def _tensors(value: object) -> Iterator[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _tensors(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _tensors(item)


def _snapshot(inputs: object) -> list[tuple[torch.Tensor, torch.Tensor]]:
    return [(tensor, tensor.clone()) for tensor in _tensors(inputs)]


def _mutated(before: list[tuple[torch.Tensor, torch.Tensor]]) -> list[int]:
    with torch.no_grad():
        return [i for i, (tensor, clone) in enumerate(before) if not _same(tensor, clone)]


def _same(tensor: torch.Tensor, clone: torch.Tensor) -> bool:
    if tensor.shape != clone.shape or tensor.dtype != clone.dtype:
        return False
    return torch.equal(tensor, clone) or bool(((tensor == clone) | (tensor.isnan() & clone.isnan())).all())
