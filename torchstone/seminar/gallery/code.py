"""Code as HTML: colours by class, the text escaped."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

#: Characters of one cell that are coloured; a longer one is shown plain.
MAX_COLOURED: Final = 60_000


def highlighted(code: str, *, python: bool = True) -> Markup:
    """`code` in `<pre>`; Python is coloured by the classes of `gallery.css`."""
    text = code.strip("\n")
    if not python or len(text) > MAX_COLOURED:
        return Markup('<pre class="code"><code>{}</code></pre>').format(text)
    lexer, formatter = _tools()
    # Pygments escapes what it colours.
    return Markup('<pre class="code"><code>{}</code></pre>').format(Markup(highlight(text, lexer, formatter).rstrip()))


@cache
def _tools() -> tuple[Any, Any]:
    return PythonLexer(stripnl=False), HtmlFormatter(nowrap=True)
