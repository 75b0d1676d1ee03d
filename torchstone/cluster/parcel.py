"""What travels between the command line and a worker, as JSON in bytes. Both ends read it strictly.

A brief carries the week's graders and the draw key of its grading round, never the course's secret itself.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

from torchstone import errors
from torchstone.batch import Brief, Outcome
from torchstone.batch.protocol import dump_policy, dump_program, load_policy, load_program
from torchstone.cluster.alike import versions
from torchstone.errors import ClusterError, JailError, StoreError
from torchstone.judge.keys import folder_digest, own_digest
from torchstone.model import GradingPolicy, Program
from torchstone.results.codec import dump_result, load_result

_UNSTABLE: Final = frozenset({"__pycache__", ".pytest_cache", ".ipynb_checkpoints"})


@dataclass(frozen=True)
class Sent:
    """A brief as it arrives, before anything of it is on disk."""

    assignment: str
    policy: GradingPolicy
    solution: Program | None
    files: Mapping[str, bytes]  #: the week's graders, by their path in its folder
    graders: str  #: their digest
    framework: str  #: the digest of the sender's framework
    versions: Mapping[str, str]

    def unpack(self, folder: Path) -> Brief:
        """Write the graders below `folder` and give the brief of the judges here. Raises ClusterError."""
        brief = Brief(self.assignment, folder / "graders", self.policy, self.solution, folder / "wanted.sqlite")
        for name, content in self.files.items():
            path = brief.folder / name
            if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
                raise ClusterError(f"the graders that arrived have a file {name!r} outside their folder")
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.write_bytes(content)
        if folder_digest(brief.folder) != self.graders:
            raise ClusterError("the graders that arrived are not those that were sent")
        return brief


def pack_brief(brief: Brief) -> bytes:
    files = {
        path.relative_to(brief.folder).as_posix(): base64.b64encode(path.read_bytes()).decode()
        for path in sorted(brief.folder.rglob("*"))
        if path.is_file() and not _UNSTABLE & set(path.relative_to(brief.folder).parts)
    }
    return _bytes_of(
        {
            "assignment": brief.assignment,
            "policy": dump_policy(brief.policy),
            "solution": dump_program(brief.solution),
            "files": files,
            "graders": folder_digest(brief.folder),
            "framework": own_digest(),
            "versions": versions(),
        }
    )


def unpack_brief(data: bytes) -> Sent:
    """Raises ClusterError if `data` is not a brief of this version."""
    try:
        sent = json.loads(data)
        return Sent(
            sent["assignment"],
            load_policy(sent["policy"]),
            load_program(sent["solution"]),
            {str(name): base64.b64decode(text, validate=True) for name, text in sent["files"].items()},
            sent["graders"],
            sent["framework"],
            sent["versions"],
        )
    except (ValueError, TypeError, KeyError, AttributeError, binascii.Error) as e:
        raise ClusterError(f"what arrived is not a brief of this version of Torchstone ({type(e).__name__})") from e


def pack_programs(programs: Iterable[Program]) -> bytes:
    return _bytes_of([dump_program(p) for p in programs])


def unpack_programs(data: bytes) -> tuple[Program, ...]:
    """Raises ClusterError if `data` is no list of programs."""
    try:
        return tuple(p for message in json.loads(data) if (p := load_program(message)) is not None)
    except (ValueError, TypeError, KeyError) as e:
        raise ClusterError(f"what arrived is no list of programs ({type(e).__name__})") from e


def pack_outcomes(outcomes: Iterable[Outcome], seconds: float) -> bytes:
    """Outcomes of a batch, and the time it took."""
    told = [
        {
            "program": o.program.digest,
            "result": dump_result(o.result) if o.result else None,
            "fault": [type(o.fault).__name__, str(o.fault)] if o.fault else None,
        }
        for o in outcomes
    ]
    return _bytes_of({"outcomes": told, "seconds": seconds})


def unpack_outcomes(data: bytes, batch: Sequence[Program]) -> tuple[tuple[Outcome, ...], float]:
    """The outcome of each program of `batch`, in its order, and the seconds it took.

    Raises ClusterError if the worker failed, one is missing, another is there, or a result is not of its program.
    """
    try:
        told = json.loads(data)
        if "failed" in told:
            raise ClusterError(f"a worker failed: {told['failed']}")
        found = {o["program"]: o for o in told["outcomes"]}
        if len(found) != len(told["outcomes"]) or found.keys() != {p.digest for p in batch}:
            raise ClusterError("a worker answered with other programs than it was given")
        return tuple(_outcome(program, found[program.digest]) for program in batch), float(told["seconds"])
    except (ValueError, TypeError, KeyError, StoreError) as e:
        raise ClusterError(f"a worker's answer cannot be read ({type(e).__name__}: {e})") from e


def _outcome(program: Program, told: Mapping[str, Any]) -> Outcome:
    if told["result"] is None:
        kind, message = told["fault"]
        named = getattr(errors, str(kind), JailError)
        return Outcome(program, None, named(str(message)))
    result = load_result(told["result"])
    if (result.program, result.assignment) != (program.digest, program.assignment):
        raise ClusterError("a worker answered with the result of another program")
    return Outcome(program, result)


def _bytes_of(message: object) -> bytes:
    return json.dumps(message).encode()
