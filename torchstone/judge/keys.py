"""What a result depends on, as one content address. Imports neither torch nor pytest."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import Final

import torchstone
from torchstone.model import DrawKey, GradingPolicy, Program, Tier

#: The distributions whose version changes numbers.
_NUMERIC: Final = ("torch", "numpy")
_UNSTABLE: Final = frozenset({"__pycache__", ".pytest_cache", ".ipynb_checkpoints"})


def grader_digest(graders_week: Path) -> str:
    """The content of a week's secret folder: names and bytes of all its files, without what tools leave there."""
    return _digest_of_files(graders_week, graders_week.rglob("*"))


def result_key(
    program: Program, graders_week: Path, policy: GradingPolicy, tier: Tier, solution: Program | None = None
) -> str:
    """The content address of a result: equal keys, equal results.

    It covers the program, the graders and the solution they fall back on, the framework's version and source, limits
    and jail policy, the tier, the draw key (by its fingerprint, which tells nothing of it) and round, the scored
    devices, and the versions of torch and numpy. The diagnosis depends on nothing further.
    """
    return _digest(
        program=program.digest,
        wanted=wanted_digest(graders_week, policy.key, solution),
        jail=asdict(policy.jail),
        tier=tier,
        devices=list(policy.scored_devices),
    )


def wanted_digest(graders_week: Path, key: DrawKey, solution: Program | None = None) -> str:
    """The content address of what the reference gives on every probe of a week: equal digests, equal wanted values."""
    return _digest(
        graders=grader_digest(graders_week),
        solution=solution.digest if solution else None,
        framework=[torchstone.__version__, _framework_digest()],
        draw=[key.fingerprint, key.round],
        numeric=[_version(name) for name in _NUMERIC],
    )


def _digest(**parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


@functools.cache
def _framework_digest() -> str:
    """The framework's own source, as it lies there."""
    package = Path(torchstone.__file__).parent
    return _digest_of_files(package, package.rglob("*.py"))


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "absent"


def _digest_of_files(root: Path, files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(files):
        relative = path.relative_to(root)
        if not path.is_file() or _UNSTABLE & set(relative.parts) or path.suffix == ".pyc":
            continue
        content = path.read_bytes()
        digest.update(json.dumps([relative.as_posix(), len(content)]).encode())
        digest.update(content)
    return digest.hexdigest()
