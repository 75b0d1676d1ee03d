"""The jail: a student's code runs here, with nothing worth stealing and no way out (ARCHITECTURE.md, trust boundary).

This module stays light, since the jailed side is imported from the package too: names are looked up when asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from torchstone.jail.child import Child
    from torchstone.jail.outcome import Account, Answer, ChildLost, Finding, StudentRaised
    from torchstone.jail.refusals import refusable
    from torchstone.jail.scenario_world import SCENARIO_NAMES, Misfit
    from torchstone.jail.selftest import card_name, self_test
    from torchstone.jail.tiers import choose_tier
    from torchstone.jail.zygote import Zygote, ask_branch, forked

__all__ = [
    "SCENARIO_NAMES",
    "Account",
    "Answer",
    "Child",
    "ChildLost",
    "Finding",
    "Misfit",
    "StudentRaised",
    "Zygote",
    "ask_branch",
    "card_name",
    "choose_tier",
    "forked",
    "refusable",
    "self_test",
]

_HOMES: Final = {
    "Account": "outcome",
    "Answer": "outcome",
    "Child": "child",
    "ChildLost": "outcome",
    "Finding": "outcome",
    "Misfit": "scenario_world",
    "SCENARIO_NAMES": "scenario_world",
    "StudentRaised": "outcome",
    "Zygote": "zygote",
    "ask_branch": "zygote",
    "card_name": "selftest",
    "choose_tier": "tiers",
    "forked": "zygote",
    "refusable": "refusals",
    "self_test": "selftest",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
