"""What a result depends on, as one content address. Imports neither torch nor pytest."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import platform
from collections.abc import Iterator
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import Final

import torchstone
from torchstone.model import DrawKey, GradingPolicy, Program, Tier

#: The distributions whose version changes numbers.
_NUMERIC: Final = ("torch", "numpy")
_UNSTABLE: Final = frozenset({"__pycache__", ".pytest_cache", ".ipynb_checkpoints"})
#: Packages of the framework that only read results. (The judge and what it uses cannot import them: the import linter.)
_READERS: Final = frozenset({"cli", "collecting", "contracts", "demo", "feedback", "gradebook", "seminar"})


class WeekKeys:
    """The content addresses of one week's results: equal keys, equal results.

    What they have in common is read once, when this is made: a judge goes by the graders that it has imported, also
    where someone edits them in the meantime. It covers the graders and the solution they fall back on, the framework's
    version and source, the policy (limits, jail, scored devices, release, constraints, and the draw key by its
    fingerprint, which tells nothing of it, and round), the tier, and the versions of Python, torch and numpy. A key is
    that and the program. The diagnosis depends on nothing further.
    """

    def __init__(self, graders_week: Path, policy: GradingPolicy, tier: Tier, solution: Program | None = None) -> None:
        self.graders = folder_digest(graders_week)
        self._common = _digest(
            wanted=_wanted(self.graders, policy.key, solution),
            release=policy.release,
            constraints=policy.constraints,
            jail=asdict(policy.jail),
            tier=tier,
            devices=list(policy.scored_devices),
        )

    def key(self, program: Program) -> str:
        """The content address of the result of `program`."""
        return self.key_of(program.digest)

    def key_of(self, program_digest: str) -> str:
        """The same, of a program that is known by its digest."""
        return _digest(program=program_digest, common=self._common)


def grader_digest(graders_week: Path) -> str:
    """The content of a week's secret folder: names and bytes of all its files, without what tools leave there."""
    return folder_digest(graders_week)


def result_key(
    program: Program, graders_week: Path, policy: GradingPolicy, tier: Tier, solution: Program | None = None
) -> str:
    """`WeekKeys.key` for one program."""
    return WeekKeys(graders_week, policy, tier, solution).key(program)


def wanted_digest(graders_week: Path, key: DrawKey, solution: Program | None = None) -> str:
    """The content address of what the reference gives on every probe of a week: equal digests, equal wanted values."""
    return _wanted(folder_digest(graders_week), key, solution)


def _wanted(graders: str, key: DrawKey, solution: Program | None) -> str:
    return _digest(
        graders=graders,
        solution=solution.digest if solution else None,
        framework=[torchstone.__version__, own_digest()],
        draw=[key.fingerprint, key.round],
        numeric=[platform.python_version(), *(_version(name) for name in _NUMERIC)],
    )


def folder_digest(folder: Path) -> str:
    """Names and bytes of all files below `folder`, without what tools leave there; that of nothing if it is missing."""
    return _digest_of_files(folder, frozenset())


def file_digest(path: Path) -> str:
    """The bytes of one file; "" if there is none."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""


@functools.cache
def own_digest(package: Path = Path(torchstone.__file__).parent) -> str:
    """The framework's own files as they lie there, but for the packages that only read results. Read once a process."""
    return _digest_of_files(package, _READERS)


def _digest(**parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "absent"


def _digest_of_files(root: Path, without: frozenset[str]) -> str:
    digest = hashlib.sha256()
    for path in sorted(_files(root, without)):
        content = path.read_bytes()
        digest.update(json.dumps([path.relative_to(root).as_posix(), len(content)]).encode())
        digest.update(content)
    return digest.hexdigest()


def _files(root: Path, without: frozenset[str]) -> Iterator[Path]:
    """The plain files below `root`; `without` are folders directly in it."""
    for folder, folders, names in os.walk(root):
        left_out = _UNSTABLE | (without if folder == str(root) else frozenset())
        folders[:] = [name for name in folders if name not in left_out]
        yield from (p for p in (Path(folder, name) for name in names) if p.suffix != ".pyc" and p.is_file())
