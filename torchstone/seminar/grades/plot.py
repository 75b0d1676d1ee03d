"""How grades are spread: one picture with its words, and nothing of a class that is too small to hide anybody."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from statistics import median
from typing import Final

from torchstone.kit.plots import COLOURS, MARKERS
from torchstone.seminar import pages
from torchstone.seminar.grades.facts import Class
from torchstone.seminar.grades.grade import PARTS, TITLES

#: No statistic over fewer people: it would speak of persons.
SMALLEST_CLASS: Final = 5
_BIN: Final = 5


def distribution(grades: Class) -> tuple[bytes, str] | None:
    """A PNG of the percentages (as they stand) and of each part, with its alternative text; None for a small class."""
    totals = [float(g.so_far) for g in grades.grades if g.so_far is not None]
    if len(totals) < SMALLEST_CLASS:
        return None
    alt = _words(grades, totals)
    fig, _ = pages.figure(7.2, 5.0)
    fig.clear()
    above, below = fig.subplots(2, 1, height_ratios=(3, 2))
    edges = list(range(0, 100 + _BIN, _BIN))
    above.hist([min(t, 100.0) for t in totals], bins=edges, color=COLOURS[0], edgecolor="white")
    above.axvline(median(totals), color=COLOURS[1], linestyle="--", label=f"median {median(totals):.1f} %")
    above.set_xlabel("percent, of what was scored so far")
    above.set_ylabel("participants")
    above.legend(frameon=False, loc="upper left")
    for row, name in enumerate(PARTS):
        values = _percents([g.part(name).fraction for g in grades.grades])
        if len(values) >= SMALLEST_CLASS:
            below.plot(values, [row] * len(values), MARKERS[row], color=COLOURS[row], alpha=0.45, markersize=5)
            below.plot([median(values)], [row], "|", color="black", markersize=16, markeredgewidth=2)
    below.set_yticks(range(len(PARTS)), [TITLES[name] for name in PARTS], fontsize=8)
    below.set_ylim(len(PARTS) - 0.5, -0.5)
    below.set_xlabel("percent of each part; the bar is the median")
    for axis in (above, below):
        axis.set_xlim(0, 101)
        axis.spines[["top", "right"]].set_visible(False)
        axis.grid(alpha=0.25)
    return pages.png(fig, "Distribution of grades", alt), alt


def _words(grades: Class, totals: Sequence[float]) -> str:
    low, high = min(totals), max(totals)
    said = [f"{len(totals)} participants stand between {low:.1f} and {high:.1f} percent, median {median(totals):.1f}"]
    for name in PARTS:
        values = _percents([g.part(name).fraction for g in grades.grades])
        if len(values) >= SMALLEST_CLASS:
            said.append(f"{TITLES[name].lower()}: median {median(values):.1f}")
    return f"{'; '.join(said)}."


def _percents(fractions: Sequence[Fraction | None]) -> list[float]:
    return [float(f) * 100 for f in fractions if f is not None]
