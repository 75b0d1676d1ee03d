"""The normal form of a notebook: what `source/` holds, so that a change to a lesson is a readable diff."""

from __future__ import annotations

import copy
import json
import re
from typing import Final

from torchstone.notebook.cells import Json, grade_id

_KERNEL: Final = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
_CELL_METADATA: Final = ("deletable", "editable", "nbgrader", "tags")
_NOTEBOOK_METADATA: Final = ("authors", "title", "torchstone")
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


def normalize(notebook: Json) -> Json:
    """The notebook in normal form, as a new object.

    No outputs, `execution_count` None; a marked cell's id is its grade_id, another keeps a valid id of its own;
    metadata is what grading reads and no more; the kernel is plain Python 3. `normalize(normalize(n)) == normalize(n)`.
    """
    taken = {name for cell in notebook["cells"] if (name := grade_id(cell)) is not None}
    cells: list[Json] = []
    for position, cell in enumerate(notebook["cells"], 1):
        name = grade_id(cell) or _own_id(cell, position, taken)
        taken.add(name)
        cells.append(_normal_cell(cell, name))
    metadata = {
        key: copy.deepcopy(notebook["metadata"][key]) for key in _NOTEBOOK_METADATA if key in notebook["metadata"]
    }
    metadata |= {"kernelspec": dict(_KERNEL), "language_info": {"name": "python"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def is_normal(notebook: Json) -> bool:
    """Whether the notebook, as `read` gives it, is in normal form. (The file's layout is told by `dumps`.)"""
    return normalize(notebook) == notebook


def dumps(notebook: Json) -> str:
    """The notebook as text: stable key order, sources by line as Jupyter writes them, a final newline."""
    plain = {**notebook, "cells": [{**cell, "source": _lines(cell["source"])} for cell in notebook["cells"]]}
    return json.dumps(plain, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _normal_cell(cell: Json, name: str) -> Json:
    metadata = {key: copy.deepcopy(cell["metadata"][key]) for key in _CELL_METADATA if key in cell["metadata"]}
    result: Json = {"cell_type": cell["cell_type"], "id": name, "metadata": metadata, "source": cell["source"]}
    if cell["cell_type"] == "code":
        result |= {"execution_count": None, "outputs": []}
    elif cell.get("attachments"):
        result["attachments"] = copy.deepcopy(cell["attachments"])
    return result


def _own_id(cell: Json, position: int, taken: set[str]) -> str:
    name = cell.get("id")
    if isinstance(name, str) and _ID.fullmatch(name) and name not in taken:
        return name
    name = f"{cell['cell_type']}-{position}"
    while name in taken:
        name += "-x"
    return name


def _lines(source: str | list[str]) -> list[str]:
    text = source if isinstance(source, str) else "".join(source)
    return re.findall(r"[^\n]*\n|[^\n]+", text)
