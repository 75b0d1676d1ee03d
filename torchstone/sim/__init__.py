"""A simulated accelerator for PyTorch: device rules, messages and diagnoses of a GPU, on any laptop.

    from torchstone.sim import install

    install()                                   # once a process, for good
    x = torch.randn(2, 3, device="sim")
    x + torch.zeros(3)                          # refused, in CUDA's words

Importing this package does not import torch; using it does. It imports nothing of the rest of Torchstone.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .births import Births
    from .device import InstallError
    from .explanation import Explanation, explain, returned_elsewhere
    from .installation import install, is_installed
    from .log import Fault, Log, Move, Stranger, Sync, watch
    from .places import Place, born_at
    from .rules import fault_of

__all__ = [
    "Births",
    "Explanation",
    "Fault",
    "InstallError",
    "Log",
    "Move",
    "Place",
    "Stranger",
    "Sync",
    "born_at",
    "explain",
    "fault_of",
    "install",
    "is_installed",
    "returned_elsewhere",
    "watch",
]

_HOMES = {
    "Births": "births",
    "Explanation": "explanation",
    "Fault": "log",
    "InstallError": "device",
    "Log": "log",
    "Move": "log",
    "Place": "places",
    "Stranger": "log",
    "Sync": "log",
    "born_at": "places",
    "explain": "explanation",
    "fault_of": "rules",
    "install": "installation",
    "is_installed": "installation",
    "returned_elsewhere": "explanation",
    "watch": "log",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
