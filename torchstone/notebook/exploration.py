"""The exploration out of a week's notebook: what its author shares, without the answers to the graded exercises."""

from __future__ import annotations

import re
from typing import Final

from torchstone.notebook.cells import Json, grade_id, same_text

_HEADING: Final = re.compile(r"^#{1,2}\s+\S", re.MULTILINE)


def exploration_of(notebook: Json, release: Json, name: str = "exploration") -> Json | None:
    """The cells of the exploration: from the last main heading above the manual cell `name` to the end.

    `notebook` is re-anchored on `release`. None where the author left that cell as it was handed out, or where there
    is no such cell. Cells of other exercises are never among them.
    """
    cells = notebook["cells"]
    at = next((i for i, cell in enumerate(cells) if grade_id(cell) == name), None)
    given = next((cell for cell in release["cells"] if grade_id(cell) == name), None)
    if at is None or given is None or same_text(cells[at]["source"], given["source"]):
        return None
    first = at
    while first > 0 and grade_id(cells[first - 1]) is None:
        first -= 1
        if cells[first]["cell_type"] == "markdown" and _HEADING.search(cells[first]["source"]):
            break
    last = next((i for i in range(at + 1, len(cells)) if grade_id(cells[i]) is not None), len(cells))
    return {**notebook, "cells": cells[first:last]}
