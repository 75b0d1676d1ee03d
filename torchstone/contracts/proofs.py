"""What every exercise must prove. A proof is a function of the bench and the exercise; it gives what it found wrong."""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping
from typing import Final

from torchstone.contracts.allowances import accepted
from torchstone.contracts.bench import Bench
from torchstone.contracts.declared import chance, declaration
from torchstone.contracts.disguised import cotangents, impostors, perturbation, reference
from torchstone.contracts.jailed import alternatives, misconceptions, rewritten, solution, stub
from torchstone.contracts.proof import Proof, Proving, Tally
from torchstone.errors import CourseFault

#: What is proved, by name. The first ones need no jail.
PROOFS: Final[Mapping[str, Proving]] = {
    "declaration": declaration,
    "reference": reference,
    "perturbation": perturbation,
    "impostors": impostors,
    "cotangents": cotangents,
    "chance": chance,
    "solution": solution,
    "stub": stub,
    "alternatives": alternatives,
    "misconceptions": misconceptions,
    "rewritten": rewritten,
}
#: Those that take long.
HEAVY: Final = frozenset({"alternatives", "misconceptions", "rewritten"})


def prove(bench: Bench, exercise: str, name: str) -> Proof:
    """One proof of one exercise. A fault of the course that ends it is a complaint too."""
    began, tally = time.monotonic(), Tally()
    found: list[str | None] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found.extend(PROOFS[name](bench, exercise, tally))
        except CourseFault as e:
            found.append(str(e))
    complaints = tuple(dict.fromkeys(c for c in found if c is not None))
    own = tuple(a for a in bench.allowances if (a.exercise, a.proof) == (exercise, name))
    complaints = accepted(complaints, own)
    return Proof(exercise, name, len(found), complaints, tally.share, tally.cost, time.monotonic() - began)
