"""torch without what nobody asks it for: its compiler, and where it was seeded.

The compiler's 800 modules take as long to import as the rest of torch.

Every optimizer step, `torch.func.grad` and `torch.use_deterministic_algorithms` import the compiler, to tell it what to
leave alone, whether anybody compiles or not. With a stand-in that leaves everything alone the same values come of it,
a second sooner. Whoever asks the stand-in for more (`torch._dynamo.config`, a submodule) gets the real one.

`torch.manual_seed` notes, for each kind of accelerator that has not been started, the stack it was called from, to be
told should the start fail. It reads the source of every frame: 2 ms the first time in a process, then 0.2 ms.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
from types import ModuleType, SimpleNamespace
from typing import Any, Final

import torch

_COMPILER: Final = "torch._dynamo"


class _StandIn(ModuleType):
    """What torch asks of its compiler where nothing is compiled."""

    compiled_autograd = SimpleNamespace(_disable=contextlib.nullcontext)

    @staticmethod
    def graph_break(msg: str = "") -> None: ...

    @staticmethod
    def disable(fn: Any = None, recursive: bool = True, **_: object) -> Any:
        return (lambda given: given) if fn is None else fn

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") and name != "__path__":  # asked by who walks over all modules; by a submodule
            raise AttributeError(name)
        return getattr(_real(), name)


def without_compiler() -> None:
    """Put the stand-in where torch looks for its compiler, unless that has been imported. Twice does nothing."""
    if _COMPILER not in sys.modules:
        sys.modules[_COMPILER] = torch._dynamo = _StandIn(_COMPILER)


def without_stacks() -> None:
    """Have seeds for accelerators that have not been started noted without the stack they were set from."""
    for accelerator in (torch.cuda, torch.mtia, torch.xpu):
        accelerator.traceback = SimpleNamespace(format_stack=list)  # type: ignore[attr-defined]


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """As torch's own, which would import the compiler to tell it."""
    torch.set_deterministic_debug_mode(("warn" if warn_only else "error") if mode else "default")


def _real() -> ModuleType:
    """The compiler itself, from now on in the stand-in's place."""
    if isinstance(sys.modules.get(_COMPILER), _StandIn):
        del sys.modules[_COMPILER]
        del torch._dynamo
    return importlib.import_module(_COMPILER)
