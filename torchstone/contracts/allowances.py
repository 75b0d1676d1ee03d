"""`graders/weekNN/allowances.toml`: complaints that the author has looked at and accepts, each with a reason.

    [[allowed]]
    exercise = "k_fold"
    proof = "impostors"
    says = "test_partition is passed by an impostor that says «NaN»"
    reason = "only the labels are looked at here; the features have checks of their own"

That right answers pass, wrong ones lose points and misconceptions are named cannot be waived.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from torchstone.errors import CourseFault

FILE: Final = "allowances.toml"
#: The proofs whose complaints may be accepted.
ALLOWED: Final = ("impostors", "perturbation", "cotangents", "rewritten")


@dataclass(frozen=True)
class Allowance:
    """One complaint that is accepted."""

    exercise: str
    proof: str
    says: str  #: a part of the complaint
    reason: str


def allowances(folder: Path) -> tuple[Allowance, ...]:
    """What the author of a week accepts. Raises CourseFault if the file is not as it should be."""
    path = folder / FILE
    if not path.exists():
        return ()
    try:
        rows = tomllib.loads(path.read_text()).get("allowed", [])
        found = tuple(Allowance(**row) for row in rows)
    except (tomllib.TOMLDecodeError, TypeError, AttributeError) as e:
        keys = "each [[allowed]] has exercise, proof, says and reason"
        raise CourseFault(f"{folder.name}/{FILE} cannot be read: {e}; {keys}") from None
    for a in found:
        if a.proof not in ALLOWED:
            raise CourseFault(f"{folder.name}/{FILE}: complaints of {a.proof!r} cannot be waived, only of {ALLOWED}")
        if not all(isinstance(t, str) and t.strip() for t in (a.exercise, a.says, a.reason)):
            raise CourseFault(f"{folder.name}/{FILE}: an allowance of {a.exercise or 'no exercise'} lacks its reason")
    return found


def accepted(complaints: tuple[str, ...], own: tuple[Allowance, ...]) -> tuple[str, ...]:
    """The complaints that stay; one more for each allowance that nothing needs."""
    left = tuple(c for c in complaints if not any(a.says in c for a in own))
    unused = (a for a in own if not any(a.says in c for c in complaints))
    return (*left, *(f"{FILE}: «{a.says}» is not needed any more; remove it" for a in unused))
