"""Whether another machine would give the results that this one would: the same framework, graders and versions."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib import metadata
from typing import Final

import torchstone

#: What runs in a judge and in its jail beside the framework; constraints.txt pins it.
_BEARING: Final = ("torch", "torchvision", "numpy", "scipy", "matplotlib", "pytest", "pydantic")


def versions() -> dict[str, str]:
    """The versions, on this machine, of what a result may depend on."""
    own = {"torchstone": torchstone.__version__, "Python": platform.python_version()}
    return own | {name: _version(name) for name in _BEARING}


def differences(theirs: Mapping[str, str], ours: Mapping[str, str]) -> str:
    """What differs, in words: «numpy 2.3.0 (wanted: 2.4.6)». Empty if nothing does."""
    names = [*theirs, *(n for n in ours if n not in theirs)]
    told = [(n, ours.get(n, "none"), theirs.get(n, "none")) for n in names]
    return ", ".join(f"{name} {here} (wanted: {there})" for name, here, there in told if here != there)


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "none"
