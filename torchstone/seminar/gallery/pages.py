"""The gallery's HTML: an index with a search that needs no server, the authors, and one page a notebook."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote

from jinja2 import Environment
from markupsafe import Markup

from torchstone.feedback.page import environment
from torchstone.messages import gallery as told
from torchstone.seminar.gallery.piece import Piece, natural


@dataclass(frozen=True)
class Site:
    """What every page of one gallery says."""

    course: str
    note: str  #: who may read it
    topics: Mapping[str, str]  #: headings by assignment, in the course's order: «Week 4 · Multilayer perceptrons»


def index_page(site: Site, pieces: Sequence[Piece]) -> str:
    """All notebooks by week and topic, with the search."""
    groups = [(heading, [p for p in pieces if p.topic == topic]) for topic, heading in site.topics.items()]
    return _listing(site, pieces, groups, "topics")


def authors_page(site: Site, pieces: Sequence[Piece]) -> str:
    """All notebooks by author, with the search."""
    authors = sorted({p.author for p in pieces}, key=natural)
    return _listing(
        site, pieces, [(author, [p for p in pieces if p.author == author]) for author in authors], "authors"
    )


def notebook_page(site: Site, pieces: Sequence[Piece], number: int) -> str:
    """One notebook, with the ways to its neighbours of the same topic."""
    piece = pieces[number]
    same = [p for p in pieces if p.topic == piece.topic]
    at = same.index(piece)
    return (
        _environment()
        .get_template("notebook.html.j2")
        .render(
            site=site,
            piece=piece,
            topic=site.topics[piece.topic],
            before=same[at - 1] if at else None,
            after=same[at + 1] if at + 1 < len(same) else None,
        )
    )


def _listing(site: Site, pieces: Sequence[Piece], groups: list[tuple[str, list[Piece]]], view: str) -> str:
    searched = {p.slug: p.searched for p in pieces}
    # `<` would end the element that holds it: JSON has another way to write it.
    data = json.dumps(searched, ensure_ascii=False).replace("<", "\\u003c")
    return (
        _environment()
        .get_template("index.html.j2")
        .render(
            site=site,
            view=view,
            groups=[(heading, listed) for heading, listed in groups if listed],
            count=len(pieces),
            data=Markup(data),
            script=Markup(_script()),
            script_hash=_script_hash(),
        )
    )


@cache
def _environment() -> Environment:
    made = environment("torchstone.seminar.gallery")
    # The style sheet is ours and holds neither `<` nor `&`: it stands in <style> as it is.
    made.globals["gallery_style"] = Markup(made.get_template("gallery.css").render())
    made.globals["told"] = told
    made.filters["path"] = lambda text: quote(text, safe="")
    return made


@cache
def _script() -> str:
    return _environment().get_template("search.js").render().strip()


def _script_hash() -> str:
    """What the page's policy allows: this one script and no other."""
    return base64.b64encode(hashlib.sha256(_script().encode()).digest()).decode()
