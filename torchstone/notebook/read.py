"""Strict and bounded reading of a notebook: bytes to nbformat 4 JSON, or one kind sentence why not.

Nothing here trusts the file: its size, depth and number of containers are checked before it is parsed, duplicate keys
and numbers that JSON does not have are refused, and what no later step needs never leaves this module.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any, Final, NoReturn

from torchstone.errors import UnreadableNotebook
from torchstone.messages import files
from torchstone.notebook import bounds, pictures
from torchstone.notebook.cells import Json

_BRACKET: Final = re.compile(r"[\[\]{}]")
_CELL_TYPES: Final = ("code", "markdown", "raw")


def read(data: bytes) -> Json:
    r"""The notebook in `data`, reduced to what grading needs.

    Returns nbformat 4 JSON: every cell has `cell_type`, `metadata` and `source` (one string with `\n` line ends), its
    `id` if it had one, and for code cells `execution_count` None and `outputs`. Of outputs and attachments only
    pictures and plain text are kept (see `pictures`), for the eyes of whoever grades an exploration.

    Raises UnreadableNotebook; the message is for the student: what, where, what to do.
    """
    notebook = _parse(_text(data))
    _check_version(notebook)
    metadata = _mapping(notebook.get("metadata", {}), "the notebook's metadata")
    _check_language(metadata)
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        raise UnreadableNotebook(files.no_cells())
    if len(cells) > bounds.MAX_CELLS:
        raise UnreadableNotebook(files.too_many_cells(len(cells), bounds.MAX_CELLS))
    picked = pictures.Allowance()
    result: list[Json] = []
    number = 0
    for position, cell in enumerate(cells, 1):
        number += isinstance(cell, dict) and cell.get("cell_type") == "code"
        where = f"cell {number}" if isinstance(cell, dict) and cell.get("cell_type") == "code" else f"item {position}"
        result.append(_cell(cell, where, picked))
    if sum(len(cell["source"]) for cell in result) > bounds.MAX_SOURCE:
        raise UnreadableNotebook(files.too_much_text(bounds.MAX_SOURCE))
    return {"cells": result, "metadata": metadata, "nbformat": 4, "nbformat_minor": notebook["nbformat_minor"]}


# ---- bytes to JSON --------------------------------------------------------------------------------------------------


def _text(data: bytes) -> str:
    size = bounds.marked_size(data)
    if size is not None or len(data) > bounds.MAX_BYTES:
        actual = (size or len(data)) / 1e6
        raise UnreadableNotebook(files.too_large(actual, bounds.MAX_BYTES / 1e6))
    if not data.strip():
        raise UnreadableNotebook(files.empty())
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        raise UnreadableNotebook(files.not_text(e.start)) from None


def _parse(text: str) -> Json:
    _check_structure(text)
    try:
        notebook = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except json.JSONDecodeError as e:
        raise UnreadableNotebook(files.not_json(e.lineno, e.colno)) from None
    except ValueError:  # Python converts no integer of thousands of digits
        raise UnreadableNotebook(files.endless_number()) from None
    if not isinstance(notebook, dict):
        raise UnreadableNotebook(files.not_a_notebook())
    return notebook


def _check_structure(text: str) -> None:
    """Bounds depth and number of containers without recursion, before the parser recurses or allocates."""
    unescaped = text.replace("\\\\", "").replace('\\"', "")
    outside = "".join(unescaped.split('"')[::2])  # what is not inside a string
    deepest = depth = 0
    if outside.count("[") + outside.count("{") <= bounds.MAX_CONTAINERS:
        for bracket in _BRACKET.findall(outside):
            depth += 1 if bracket in "[{" else -1
            deepest = max(deepest, depth)
        if deepest <= bounds.MAX_DEPTH:
            return
    raise UnreadableNotebook(files.too_deep())


def _unique(pairs: list[tuple[str, Any]]) -> Json:
    result = dict(pairs)
    if len(result) < len(pairs):
        twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise UnreadableNotebook(files.said_twice(shown(twice)))
    return result


def _no_constant(name: str) -> NoReturn:
    raise UnreadableNotebook(files.no_such_number(name))


# ---- JSON to notebook -----------------------------------------------------------------------------------------------


def _check_version(notebook: Json) -> None:
    version = notebook.get("nbformat")
    if version in (1, 2, 3) or (version is None and "worksheets" in notebook):
        raise UnreadableNotebook(files.old_format(version or 3))
    if type(version) is not int or version != 4:
        raise UnreadableNotebook(files.no_format())
    minor = notebook.setdefault("nbformat_minor", 5)
    if type(minor) is not int or not 0 <= minor <= 1000:
        raise UnreadableNotebook(files.unclear_format())


def _check_language(metadata: Json) -> None:
    """Refuses a notebook whose kernel speaks another language; any name of a Python kernel will do."""
    kernel = metadata.get("kernelspec")
    info = metadata.get("language_info")
    said = [source.get(key) for source, key in ((kernel, "language"), (info, "name")) if isinstance(source, dict)]
    language = next((name for name in said if isinstance(name, str) and name), None)
    if language is not None and not re.match(r"i?python", language, re.IGNORECASE):
        raise UnreadableNotebook(files.other_language(shown(language)))


def _cell(cell: object, where: str, picked: pictures.Allowance) -> Json:
    if not isinstance(cell, dict) or cell.get("cell_type") not in _CELL_TYPES:
        raise UnreadableNotebook(files.no_such_cell(where))
    metadata = _mapping(cell.get("metadata", {}), f"the metadata of {where}")
    result: Json = {"cell_type": cell["cell_type"], "metadata": metadata, "source": _source(cell.get("source"), where)}
    name = cell.get("id")
    if isinstance(name, str):
        result["id"] = _encodable(name, where)
    if cell["cell_type"] == "code":
        result |= {"execution_count": None, "outputs": picked.outputs(cell.get("outputs"))}
    else:
        attachments = picked.attachments(cell.get("attachments"))
        if attachments:
            result["attachments"] = attachments
    return result


def _source(source: object, where: str) -> str:
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise UnreadableNotebook(files.no_text(where))
    if len(source) > bounds.MAX_CELL:
        raise UnreadableNotebook(files.long_cell(where, len(source), bounds.MAX_CELL))
    return _encodable(source.replace("\r\n", "\n").replace("\r", "\n"), where)


def _mapping(value: object, what: str) -> Json:
    if not isinstance(value, dict):
        raise UnreadableNotebook(files.damaged(what))
    try:
        _encodable(json.dumps(value, ensure_ascii=False, allow_nan=False), what)
    except ValueError:  # 1e999 is JSON, and read as infinity
        raise UnreadableNotebook(files.large_number(what)) from None
    return value


def _encodable(text: str, where: str) -> str:
    """`text`, unless it holds half a character (a lone surrogate), which no file and no process could take."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UnreadableNotebook(files.half_a_character(where)) from None
    return text


def shown(text: str) -> str:
    """A piece of the student's file, short and printable, for a message."""
    short = text if len(text) <= 40 else text[:40] + "…"
    return "".join(c if c.isprintable() else "�" for c in short)
