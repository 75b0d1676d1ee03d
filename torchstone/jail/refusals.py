"""Names that an exercise asks a student to write: refused while their code answers, and their operations noted.

A policy, not a boundary: it is seen and done inside the jail, where student code can rewrite it. Blunt use is refused
with a clear message; what slips by is noted where an operation of torch was seen to run.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import sys
import types
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import torch

#: Methods of a class that are refused beside its making: objects may have been made before.
_USES: Final = ("__init__", "forward", "step")
_EVERY: Final = ".*"
_OPERATION: Final = "::"

_Place = tuple[Any, str]  # an owner and the attribute that is looked up in it


#: `aten::unfold` is `Tensor.unfold`, another thing than the function of that name.
_CALLED_OTHERWISE: Final = {"torch.nn.functional.unfold": "aten::im2col", "torch.nn.functional.fold": "aten::col2im"}


class Refused(Exception):
    """The student's code used a name that is refused; the message is that name."""


class Refusals:
    """Names like `torch.nn.functional.gelu`, `torch.optim.*` (all classes of a module), and operations (`aten::gelu`).

    `is_students` tells a student's file name from others: only what they call is refused, not what a check calls.
    Raises ValueError for a name that there is not.
    """

    def __init__(self, names: Sequence[str], is_students: Callable[[str], bool]) -> None:
        self._names = {name: target for given in names for name, target in _targets(given)}
        self._operations = operations(names)
        self._is_students = is_students
        self._lawful: Counter[str] = Counter()  #: operations of calls that a check made itself

    @contextlib.contextmanager
    def watching(self, namespace: dict[str, Any], *, operations: bool) -> Iterator[set[str]]:
        """Refuse the names for a while, also where `namespace` holds them under others.

        Gives what was noted: names that were refused (the student may have caught that), and, where `operations`
        can be watched, those that ran. They are known when the block has ended.
        """
        noted: set[str] = set()
        self._lawful.clear()
        with contextlib.ExitStack() as stack:
            if operations and self._operations:
                stack.enter_context(self._noting(noted))
            for name, place in self._names.items():
                self._refuse(stack, name, place, namespace, noted)
            yield noted

    def _refuse(
        self, stack: contextlib.ExitStack, name: str, place: _Place, namespace: dict[str, Any], noted: set[str]
    ) -> None:
        owner, attribute = place
        original = getattr(owner, attribute)
        if isinstance(original, type):
            for use in _USES:
                if hasattr(original, use):
                    _swap(stack, original, use, self._guarded(name, getattr(original, use), noted))
            return
        guarded = self._guarded(name, original, noted)
        _swap(stack, owner, attribute, guarded)
        for other, value in list(namespace.items()):
            if value is original:
                namespace[other] = guarded
                stack.callback(namespace.__setitem__, other, original)

    def _guarded(self, name: str, original: Any, noted: set[str]) -> Any:
        @functools.wraps(original, updated=())
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if self._by_student():
                noted.add(name)
                raise Refused(name)
            self._lawful[_operation(name)] += 1
            return original(*args, **kwargs)

        return guarded

    @contextlib.contextmanager
    def _noting(self, noted: set[str]) -> Iterator[None]:
        """Note which operations run in this thread, by torch's own profiler, which leaves results as they are."""
        from torch._C._profiler import ProfilerConfig, ProfilerState, _ExperimentalConfig
        from torch.autograd import _disable_profiler_legacy, _enable_profiler_legacy  # type: ignore[attr-defined]

        options = _ExperimentalConfig()
        _enable_profiler_legacy(ProfilerConfig(ProfilerState.CPU, False, False, False, False, False, options))
        try:
            yield
        finally:
            ran = Counter(event.name() for events in _disable_profiler_legacy() for event in events)
            noted.update(name for name in self._operations if ran[name] > self._lawful[name])

    def _by_student(self) -> bool:
        """Whether a student's own code is nearer on the stack than whatever called it."""
        frame: types.FrameType | None = sys._getframe(2)
        while frame is not None:
            file = frame.f_code.co_filename
            if self._is_students(file):
                return True
            if file.startswith("<check"):
                return False
            frame = frame.f_back
        return False


def operations(names: Sequence[str]) -> frozenset[str]:
    """The operations of torch that go by these names: those given as such, and those called like a name's last part."""
    found = {name for name in names if _OPERATION in name}
    for name in names:
        operation = _operation(name)
        if _OPERATION not in name and _is_there(operation):
            found.add(operation)
    return frozenset(found)


@functools.lru_cache(maxsize=1024)  # torch looks for one that there is not anew each time
def _is_there(operation: str) -> bool:
    return hasattr(torch.ops.aten, operation.removeprefix("aten::"))


def _operation(name: str) -> str:
    """The operation that goes by a name's last part, if there is one; or by another, where that part is taken."""
    return _CALLED_OTHERWISE.get(name) or f"aten::{name.rpartition('.')[2].lower()}"


def refusable(name: str) -> bool:
    """Whether there is such a name or operation in this torch."""
    if _OPERATION in name:
        package, _, operation = name.partition(_OPERATION)
        return hasattr(getattr(torch.ops, package), operation)
    try:
        return bool(list(_targets(name)))
    except ValueError:
        return False


def _targets(name: str) -> Iterator[tuple[str, _Place]]:
    """Where a name is looked up: its owner and the attribute. Several for `module.*`, none for an operation."""
    if _OPERATION in name:
        return
    if name.endswith(_EVERY):
        module = _found(name.removesuffix(_EVERY))
        for attribute, value in sorted(vars(module).items()):
            if isinstance(value, type) and not attribute.startswith("_"):
                yield f"{name.removesuffix(_EVERY)}.{attribute}", (module, attribute)
        return
    owner, _, attribute = name.rpartition(".")
    if not hasattr(_found(owner), attribute):
        raise ValueError(f"there is nothing called {name}")
    yield name, (_found(owner), attribute)


def _found(dotted: str) -> Any:
    package, *rest = dotted.split(".")
    if package not in ("torch", "torchvision", "numpy"):
        raise ValueError(f"{dotted}: only names of torch, torchvision and numpy are refused")
    found: Any = importlib.import_module(package)
    for i, part in enumerate(rest, 1):
        if not hasattr(found, part):
            with contextlib.suppress(ImportError):
                importlib.import_module(".".join([package, *rest[:i]]))
        if not hasattr(found, part):
            raise ValueError(f"there is nothing called {dotted}")
        found = getattr(found, part)
    return found


def _swap(stack: contextlib.ExitStack, owner: Any, attribute: str, value: Any) -> None:
    own = vars(owner)
    if attribute in own:
        stack.callback(setattr, owner, attribute, own[attribute])
    else:
        stack.callback(delattr, owner, attribute)  # it was inherited
    setattr(owner, attribute, value)
