"""Causes of wrong answers that come with the framework: asked once for a check, over all of its probes.

A module of this package that does not begin with `_` is one hypothesis, called HYPOTHESIS: adding one is one file.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence
from typing import Final

from torchstone.compare.hypotheses._hypothesis import Fit, Hypothesis, Rank
from torchstone.compare.hypotheses._observation import Observation, Part, flat
from torchstone.messages import diagnosis
from torchstone.model import Hint

__all__ = ["FAMILIES", "HYPOTHESES", "Fit", "Hypothesis", "Observation", "Part", "Rank", "explain", "flat"]

#: What is said where several hypotheses of a family fit alike.
FAMILIES: Final = {
    "scale": Hint("a constant factor", diagnosis.constant_factor()),
    "zero": Hint("not defined at zero", diagnosis.undefined_at_zero()),
}


def _all() -> tuple[Hypothesis, ...]:
    names = sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))
    found: list[Hypothesis] = [importlib.import_module(f"{__name__}.{name}").HYPOTHESIS for name in names]
    return tuple(sorted(found, key=lambda h: h.rank))


#: In the order in which they are asked. Loaded with the package: where it is used there may be no files to load from.
HYPOTHESES: Final = _all()


def explain(observations: Sequence[Observation]) -> Hint | None:
    """The hypothesis that explains every failing probe; None where none does, or where several do that say different
    things.
    """
    if not any(o.failed for o in observations):
        return None
    for rank in Rank:
        fitting = [h for h in HYPOTHESES if h.rank is rank and h.explains(observations)]
        if fitting:
            return _one_wording(fitting)
    return None


def _one_wording(fitting: Sequence[Hypothesis]) -> Hint | None:
    if len(fitting) == 1:
        return fitting[0].advice
    families = {h.family for h in fitting}
    return FAMILIES.get(families.pop()) if len(families) == 1 else None
