"""torch without what nobody asks it for: its compiler, its symbolic shapes, and where it was seeded.

The first two are 1,300 modules, which take longer to import than the rest of torch.

Every optimizer step, `torch.func.grad` and `torch.use_deterministic_algorithms` import the compiler, to tell it what to
leave alone, whether anybody compiles or not; every gradient from an upstream one imports symbolic shapes (with SymPy),
to compare two shapes. With stand-ins the same values come of it, more than a second sooner. Whoever asks a stand-in for
more (`torch._dynamo.config`, a submodule) gets the real module.

`torch.manual_seed` notes, for each kind of accelerator that has not been started, the stack it was called from, to be
told should the start fail. It reads the source of every frame: 2 ms the first time in a process, then 0.2 ms.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import torch
import torch.fx.experimental


class _StandIn(ModuleType):
    """A module that is not imported yet, in the place of the real one."""

    def put(self) -> None:
        """Where torch looks for the module, unless that has been imported."""
        if self.__name__ not in sys.modules:
            sys.modules[self.__name__] = self
            setattr(*self._place(), self)

    def real(self) -> Any:
        """The module itself, from now on in the stand-in's place."""
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
            delattr(*self._place())
        return importlib.import_module(self.__name__)

    def _place(self) -> tuple[ModuleType, str]:
        parent, _, name = self.__name__.rpartition(".")
        return sys.modules[parent], name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # asked by who walks over all modules
            raise AttributeError(name)
        return getattr(self.real(), name)


class _Compiler(_StandIn):
    """What torch asks of its compiler where nothing is compiled."""

    compiled_autograd = SimpleNamespace(_disable=contextlib.nullcontext)

    def __getattr__(self, name: str) -> Any:
        return self.real().__path__ if name == "__path__" else super().__getattr__(name)  # asked for a submodule

    @staticmethod
    def graph_break(msg: str = "") -> None: ...

    @staticmethod
    def disable(fn: Any = None, recursive: bool = True, **_: object) -> Any:
        return (lambda given: given) if fn is None else fn


class _Shapes(_StandIn):
    """What autograd asks of shapes where every size is a number."""

    def sym_eq(self, x: Any, y: Any) -> Any:
        plain = isinstance(x, torch.Size) and isinstance(y, torch.Size) and all(type(n) is int for n in (*x, *y))
        return x == y if plain else self.real().sym_eq(x, y)

    def expect_true(self, a: Any, skip: int = 0) -> Any:
        return a if a is True or a is False else self.real().expect_true(a, skip + 1)


def without_compiler() -> None:
    """Put the stand-ins in place. Twice does nothing."""
    _Compiler("torch._dynamo").put()
    _Shapes("torch.fx.experimental.symbolic_shapes").put()


def without_stacks() -> None:
    """Have seeds for accelerators that have not been started noted without the stack they were set from."""
    for accelerator in (torch.cuda, torch.mtia, torch.xpu):
        accelerator.traceback = SimpleNamespace(format_stack=list)  # type: ignore[attr-defined]


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """As torch's own, which would import the compiler to tell it."""
    torch.set_deterministic_debug_mode(("warn" if warn_only else "error") if mode else "default")
