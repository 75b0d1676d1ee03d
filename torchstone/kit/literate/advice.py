"""One piece of advice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: There; not found; or there in part, worth a second look. A reader may judge otherwise: nothing here is a score.
State = Literal["there", "missing", "look"]


@dataclass(frozen=True)
class Advice:
    """What the seminar asks of a notebook, whether it was found, and what to do."""

    id: str
    title: str
    state: State
    text: str  #: recommendation first; for what is there, what was found
    cells: tuple[str, ...] = ()  #: where: «cell 7» among the code cells, as Jupyter's reader counts them
