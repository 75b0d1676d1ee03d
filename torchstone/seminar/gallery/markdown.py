"""A student's Markdown as HTML in which nothing runs and nothing is fetched.

Three walls, each of which would do: HTML in the source is dropped when it is parsed; the result is sanitized to a short
list of elements and attributes; and the page's policy forbids scripts. What we make ourselves (formulas, pictures,
code) is put in afterwards, in place of marks that no source can hold.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
import secrets
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import bleach
import mistune
from markupsafe import Markup, escape

from torchstone.feedback.inline import formula
from torchstone.feedback.texts import one_line
from torchstone.messages import gallery as told
from torchstone.seminar.gallery.code import highlighted

#: Characters of one text cell that are rendered; a longer one is shown as it was written.
MAX_RENDERED: Final = 60_000
_ALT: Final = 1_000

_TAGS: Final = "p br hr em strong del code pre blockquote ul ol li h2 h3 h4 h5 h6 table thead tbody tr th td a"
_ELEMENTS: Final = frozenset(_TAGS.split())
_ATTRIBUTES: Final = {"a": ["href", "rel"], "ol": ["start"]}
_SCHEMES: Final = frozenset({"http", "https", "mailto"})

_TAG: Final = re.compile(r"<[^<>]*>")
_PICTURE: Final = re.compile(r"data:(image/(?:png|jpeg));base64,([A-Za-z0-9+/=]+)\Z")
_MAGIC: Final = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}


def rendered(source: str, attachments: Mapping[str, Mapping[str, str]]) -> Markup:
    """One text cell as HTML. Headings move down a level, since the page has its own; formulas become MathML.

    `attachments` are pictures by name, as the strict reader keeps them (`{"a.png": {"image/png": base64}}`).
    """
    if len(source) > MAX_RENDERED:
        return Markup("<pre>{}</pre>").format(source)
    renderer = _Renderer(attachments)
    try:
        parse: Callable[[str], Any] = mistune.create_markdown(
            renderer=renderer, plugins=["strikethrough", "table", "url", "math"]
        )
        clean = bleach.clean(str(parse(source)), tags=_ELEMENTS, attributes=_ATTRIBUTES, protocols=_SCHEMES, strip=True)
    except (RecursionError, ValueError):  # a text never costs a page
        return Markup("<pre>{}</pre>").format(source)
    return renderer.filled_in(clean)


def picture(data: Mapping[str, str], alt: str, missing: str) -> Markup:
    """An image from checked base64, or "" if `data` holds no picture; `missing` stands in for an empty `alt`."""
    for kind in _MAGIC:
        if kind in data:
            text = one_line(alt, _ALT) or missing
            return Markup('<img src="data:{};base64,{}" alt="{}">').format(kind, data[kind], text)
    return Markup("")


class _Renderer(mistune.HTMLRenderer):
    """Writes HTML; pieces of our own are numbered and put in after sanitizing."""

    def __init__(self, attachments: Mapping[str, Mapping[str, str]]) -> None:
        super().__init__(escape=True)
        self._attachments = attachments
        self._pieces: list[Markup] = []
        # No source can hold this mark, however it is written: it is made after the source was.
        self._mark = f"piece-{secrets.token_hex(16)}-"

    def filled_in(self, clean: str) -> Markup:
        """`clean`, which was sanitized, with our own pieces in their places."""
        marked = re.compile(f"{self._mark}([0-9]+);")
        return Markup(marked.sub(lambda found: str(self._pieces[int(found[1])]), clean))

    def _piece(self, made: Markup) -> str:
        self._pieces.append(made)
        return f"{self._mark}{len(self._pieces) - 1};"

    # ---- what a source may not bring in ----
    def text(self, text: str) -> str:
        return str(escape(html.unescape(text)))

    def inline_html(self, html: str) -> str:
        return "<br>" if re.fullmatch(r"<br\s*/?>", html.strip()) else ""

    def block_html(self, html: str) -> str:
        left = _TAG.sub("", html).strip()
        return f"<p>{escape(left)}</p>\n" if left else ""

    def link(self, text: str, url: str, title: str | None = None) -> str:
        try:
            parts = urlsplit(url.strip())
        except ValueError:
            return text
        if parts.scheme.casefold() not in _SCHEMES:
            return text  # a place in the author's own folders, or in a page that is not here
        return f'<a href="{escape(url.strip())}" rel="noreferrer noopener">{text}</a>'

    def image(self, text: str, url: str, title: str | None = None) -> str:
        alt = str(Markup(text).striptags())
        missing = told.picture_without_description()
        found = _PICTURE.match(url)
        if url.startswith("attachment:"):
            shown = picture(self._attachments.get(url.removeprefix("attachment:"), {}), alt, missing)
        elif found and _is_picture(found[1], found[2]):
            shown = picture({found[1]: found[2]}, alt, missing)
        else:
            shown = Markup("")
        return self._piece(shown or Markup("<em>{}</em>").format(told.picture_elsewhere(alt or url)))

    # ---- what we make ourselves ----
    def heading(self, text: str, level: int, **_: Any) -> str:
        return f"<h{min(level + 1, 6)}>{text}</h{min(level + 1, 6)}>\n"

    def inline_math(self, text: str) -> str:
        return self._piece(formula(text))

    def block_math(self, text: str) -> str:
        return self._piece(Markup('<div class="formula">{}</div>').format(formula(text.strip()))) + "\n"

    def block_code(self, code: str, info: str | None = None) -> str:
        language = (info or "").split(None, 1)[:1]
        python = not language or language[0].casefold() in ("python", "py", "python3", "ipython")
        return self._piece(highlighted(code, python=python)) + "\n"


def _is_picture(kind: str, encoded: str) -> bool:
    try:
        return base64.b64decode(encoded, validate=True).startswith(_MAGIC[kind])
    except (binascii.Error, ValueError):
        return False
