"""Texts of unknown origin made fit to be read: capped, with nothing invisible in them.

Escaping for HTML is the templates' work (autoescape); this module deals with what escaping leaves in place: control
characters that drive a terminal, marks that turn the reading direction round, and texts without an end.
"""

from __future__ import annotations

import unicodedata
from typing import Final

#: Characters of a student's own text (an exception, a line of code) that a page shows.
STUDENT_TEXT: Final = 300
#: Characters of an evidence text: the judge's own words around one student's text.
EVIDENCE: Final = 900
#: Characters of a grader's comment.
COMMENT: Final = 5000

#: Joiners that scripts and emoji need; they neither hide text nor turn it round.
_JOINERS: Final = "\u200c\u200d"
_MARKS_IN_A_ROW: Final = 4
_LINES: Final = str.maketrans("", "", "\n\t")


def _shown(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def visible(text: str, limit: int = STUDENT_TEXT) -> str:
    """`text` with at most `limit` characters and every control or direction character spelt out as an escape.

    Line feeds and tabs stay, other line ends become line feeds. A cut is told: «… (1,200 characters more)».
    """
    cut = text[:limit]
    rest = len(text) - len(cut)
    if not rest and cut.isascii() and cut.translate(_LINES).isprintable():
        return cut  # nothing in it to spell out; most texts are so
    parts: list[str] = []
    marks = 0
    for character in cut.replace("\r\n", "\n").replace("\r", "\n"):
        category = unicodedata.category(character)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks > _MARKS_IN_A_ROW:
            continue  # stacked accents paint over the lines around them
        hidden = category in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") and character not in "\n\t" + _JOINERS
        parts.append(_shown(character) if hidden else character)
    return "".join(parts) + (f" … ({rest:,} characters more)" if rest else "")


def one_line(text: str, limit: int = STUDENT_TEXT) -> str:
    """Like `visible`, with all runs of white space, line ends too, as one space."""
    return " ".join(visible(text, limit).split())


def code_line(text: str, limit: int = STUDENT_TEXT) -> str:
    """A line of code: like `visible`, without its indentation."""
    return visible(text.strip(), limit)
