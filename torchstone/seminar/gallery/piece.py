"""One notebook of the gallery: from what an author shares to what readers see, search and download."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup

from torchstone.collecting.roster import Student
from torchstone.feedback.texts import one_line, visible
from torchstone.messages import gallery as told
from torchstone.notebook import alternative
from torchstone.seminar.gallery.code import highlighted
from torchstone.seminar.gallery.markdown import picture, rendered

#: What stands where an anonymous author's name was.
SOMEONE: Final = "anonymous"
#: Characters of one output, and of what the search of one notebook looks at.
MAX_OUTPUT: Final = 20_000
MAX_SEARCHED: Final = 30_000
_TITLE: Final = 160

_FIRST_HEADING: Final = re.compile(r"\A\s*(?:<a [^<>]*></a>\s*)?#{1,2}[ \t]+(.+?)[ \t]*#*[ \t]*(?:\n|\Z)")
_MARKUP: Final = re.compile(r"<[^<>]*>|!?\[([^\]]*)\]\([^)]*\)|[`*_#>|$\\]+")
_WORD: Final = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True)
class Piece:
    """A notebook as the gallery shows it."""

    slug: str  #: names its files; tells nothing of an anonymous author
    title: str
    author: str
    topic: str
    whole: bool  #: a notebook of its own, not the exploration out of a week's
    blocks: tuple[Markup, ...]  #: the cells, safe to put into a page
    words: int
    figures: int
    searched: str  #: folded text
    download: str  #: the notebook, without metadata and without active outputs


def piece(notebook: dict[str, Any], *, slug: str, author: str, topic: str, fallback: str, whole: bool) -> Piece:
    """What the gallery shows of `notebook` (as the strict reader gives it); `fallback` is its title if it has none."""
    cells = [dict(cell) for cell in notebook["cells"]]
    title, cells = _title(cells, fallback)
    prose = "\n".join(c["source"] for c in cells if c["cell_type"] == "markdown")
    blocks = tuple(block for number, cell in enumerate(cells, 1) if (block := _block(cell, number)))
    return Piece(
        slug=slug,
        title=title,
        author=author,
        topic=topic,
        whole=whole,
        blocks=blocks,
        words=len(_WORD.findall(_plain(prose))),
        figures=sum(block.count("<img ") for block in blocks),
        searched=folded(f"{title} {author} {topic} {_plain(prose)} {' '.join(_code(cells))}")[:MAX_SEARCHED],
        download=_download(notebook["cells"]),
    )


def without_names(notebook: dict[str, Any], student: Student) -> dict[str, Any]:
    """The notebook with its author's name, e-mail address and id taken out of every text.

    It finds what the roster knows, as whole words: full names, addresses and ids in any case, a first or a last name by
    itself as the roster writes it (so that «Will» goes and «will» stays). What else gives a person away, a reader has
    to look for.
    """
    anyhow = [student.email, student.name, f"{student.last_name}, {student.first_name}", student.id]
    anyhow += [f"{student.last_name} {student.first_name}"]
    exact = [student.first_name, student.last_name]
    pattern = re.compile(f"(?i:{_any_of(anyhow)})|(?:{_any_of(exact)})")

    def clean(value: Any) -> Any:
        if isinstance(value, str):
            return pattern.sub(SOMEONE, value)
        if isinstance(value, list):
            return [clean(item) for item in value]
        if isinstance(value, dict):
            return {
                clean(k): v if k in ("image/png", "image/jpeg") and isinstance(v, str) else clean(v)
                for k, v in value.items()
            }
        return value

    return {**notebook, "cells": clean(notebook["cells"])}


def _any_of(names: list[str]) -> str:
    """A pattern for any of these as whole words, the longest first; names of one letter are left alone."""
    known = sorted({name.strip() for name in names if len(name.strip()) > 1}, key=len, reverse=True)
    return "|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in known) or r"(?!)"


def folded(text: str) -> str:
    """Lower case, without accents, white space as single spaces: what the page's search compares."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return " ".join(plain.split())


def natural(text: str) -> list[tuple[int, str]]:
    """A key that sorts «part 2» before «part 10»."""
    return [(int(p), "") if p.isascii() and p.isdigit() else (-1, p) for p in re.split(r"(\d+)", folded(text))]


def _title(cells: list[dict[str, Any]], fallback: str) -> tuple[str, list[dict[str, Any]]]:
    """The first main heading, taken out of its cell."""
    for number, cell in enumerate(cells):
        if cell["cell_type"] != "markdown":
            break
        found = _FIRST_HEADING.match(cell["source"])
        if found:
            rest = cell["source"][found.end() :]
            kept = [{**cell, "source": rest}] if rest.strip() else []
            title = one_line(_plain(found[1]), _TITLE)
            named = title if title and folded(title) != "exploration" else fallback
            return named, [*cells[:number], *kept, *cells[number + 1 :]]
        if cell["source"].strip():
            break
    return fallback, cells


def _block(cell: dict[str, Any], number: int) -> Markup:
    source = cell["source"]
    if cell["cell_type"] == "markdown":
        text = rendered(source, cell.get("attachments", {}))
        return Markup('<div class="prose">{}</div>').format(text) if source.strip() else Markup("")
    if cell["cell_type"] == "raw":
        return Markup("<pre>{}</pre>").format(visible(source, MAX_OUTPUT)) if source.strip() else Markup("")
    outputs = Markup("").join(_output(output, number) for output in cell["outputs"])
    if not source.strip() and not outputs:
        return Markup("")
    return Markup('<div class="cell">{}{}</div>').format(highlighted(source), outputs)


def _output(output: dict[str, Any], number: int) -> Markup:
    if output["output_type"] == "stream":
        return Markup('<pre class="output">{}</pre>').format(visible(output["text"], MAX_OUTPUT))
    data = output["data"]
    alt = alternative(output)
    image = picture(data, alt, told.no_description(number))
    if image:
        return Markup("<figure>{}</figure>").format(image)
    return Markup('<pre class="output">{}</pre>').format(visible(data.get("text/plain", ""), MAX_OUTPUT))


def _plain(text: str) -> str:
    return _MARKUP.sub(lambda found: f" {found[1] or ''} ", text)


def _code(cells: Iterable[dict[str, Any]]) -> Iterable[str]:
    return (cell["source"] for cell in cells if cell["cell_type"] == "code")


def _download(cells: list[dict[str, Any]]) -> str:
    """A notebook that opens in Jupyter: cells, their kept outputs, and no metadata of anybody's."""
    kept = []
    for number, cell in enumerate(cells, 1):
        clean = {"cell_type": cell["cell_type"], "id": f"cell-{number}", "metadata": {}, "source": cell["source"]}
        if cell["cell_type"] == "code":
            clean |= {"execution_count": None, "outputs": cell["outputs"]}
        elif cell.get("attachments"):
            clean["attachments"] = cell["attachments"]
        kept.append(clean)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    made = {"cells": kept, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"
