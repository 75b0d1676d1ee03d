"""The exploration out of a week's notebook: what its author shares, without the answers to the graded exercises."""

from __future__ import annotations

import re
from typing import Final

from torchstone.notebook.cells import Json, grade_id, same_text

#: The manual cell that every week's notebook has.
EXPLORATION: Final = "exploration"

_SOURCES: Final = re.compile(r"\s*#{1,3}\s+Sources\b", re.IGNORECASE)
_HEADING: Final = re.compile(r"^#{1,2}\s+\S", re.MULTILINE)


def exploration_of(notebook: Json, release: Json) -> Json | None:
    """The author's own cells of the exploration in `notebook`, which is re-anchored on `release`.

    Cells that are as they were handed out (the task, the sources) are left out, and cells of other exercises are never
    among it. None where the manual cell was left as it was, or where there is none.
    """
    given = next((cell for cell in release["cells"] if grade_id(cell) == EXPLORATION), None)
    own = next((cell for cell in notebook["cells"] if grade_id(cell) == EXPLORATION), None)
    if given is None or own is None or same_text(own["source"], given["source"]):
        return None
    part = exploration_part(notebook)
    given_texts = [cell["source"] for cell in release["cells"]]
    own_cells = (
        [c for c in part["cells"] if not any(same_text(c["source"], text) for text in given_texts)] if part else []
    )
    return {**notebook, "cells": own_cells}


def exploration_part(notebook: Json) -> Json | None:
    """The cells from the last main heading above the manual cell up to the next marked cell; None without a manual
    cell.
    """
    cells = notebook["cells"]
    at = next((i for i, cell in enumerate(cells) if grade_id(cell) == EXPLORATION), None)
    if at is None:
        return None
    first = at
    while first > 0 and grade_id(cells[first - 1]) is None:
        first -= 1
        if cells[first]["cell_type"] == "markdown" and _HEADING.search(cells[first]["source"]):
            break
    last = next((i for i in range(at + 1, len(cells)) if grade_id(cells[i]) is not None), len(cells))
    return {**notebook, "cells": cells[first:last]}


def authored_part(notebook: Json) -> tuple[Json, int] | None:
    """The exploration without the course's own words, for whoever has no release at hand, and where its report is.

    Left out are the text cell that sets the task, which opens the exploration, and text cells under a heading «Sources»
    after the report. The number is the report's (the manual cell's) place among the cells. None without a manual cell.
    """
    part = exploration_part(notebook)
    if part is None:
        return None
    cells = part["cells"]
    at = next(i for i, cell in enumerate(cells) if grade_id(cell) == EXPLORATION)
    task = 1 if at > 0 and cells[0]["cell_type"] == "markdown" else 0
    texts = (i for i in range(at + 1, len(cells)) if cells[i]["cell_type"] == "markdown")
    sources = (i for i in texts if _SOURCES.match(cells[i]["source"]))
    return {**part, "cells": cells[task : next(sources, len(cells))]}, at - task


def answers_in(notebook: Json) -> tuple[str, ...]:
    """The ids of the graded code in a notebook: answer cells and their checks. Empty for a notebook of its own."""
    found = (grade_id(cell) for cell in notebook["cells"] if cell["cell_type"] == "code")
    return tuple(name for name in found if name is not None)
