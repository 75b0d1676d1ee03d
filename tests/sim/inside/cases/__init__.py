"""The programs on which the simulated device must agree with the CPU, in families."""

from cases import (
    algebra,
    course,
    course_late,
    draws,
    gradients,
    indexing,
    layers,
    losses,
    programs,
    sequences,
    shapes,
    training,
)
from cases.family import CASES, FAMILIES

__all__ = [
    "CASES",
    "FAMILIES",
    "algebra",
    "course",
    "course_late",
    "draws",
    "gradients",
    "indexing",
    "layers",
    "losses",
    "programs",
]
__all__ += ["sequences", "shapes", "training"]
