r"""Course texts (titles, hints) as HTML: `code` in backticks, and $TeX$ as MathML, offline.

`inline` is for texts of the course's authors only. Texts that may quote a student get `quoted`, and were cut and made
visible by `torchstone.feedback.texts` before.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from xml.etree import ElementTree

from latex2mathml.converter import convert
from markupsafe import Markup, escape

_PIECE: Final = re.compile(r"`(?P<code>[^`\n]+)`|\$(?P<tex>[^$\n]+)\$")
_CODE: Final = re.compile(r"`([^`\n]+)`")
_MATHML: Final = "{http://www.w3.org/1998/Math/MathML}"
_LONGEST_FORMULA: Final = 600

#: Presentation MathML that only draws. The converter passes raw text and attributes through (`\text{<b>}`, `\href`), so
#: its output is read again and a formula that holds anything else is refused.
_ELEMENTS: Final = """
    math mrow mi mn mo mtext mspace mfrac msqrt mroot mstyle mpadded mphantom msub msup msubsup munder mover munderover
    mmultiscripts mprescripts none mtable mtr mtd
"""
_ATTRIBUTES: Final = """
    display displaystyle scriptlevel mathvariant stretchy fence form separator symmetric largeop movablelimits accent
    accentunder lspace rspace minsize maxsize width height depth voffset linethickness columnalign rowspacing
    columnspacing columnlines rowlines
"""
_DRAWS: Final = frozenset(_ELEMENTS.split())
_ADJUSTS: Final = frozenset(_ATTRIBUTES.split())


@lru_cache(maxsize=4096)
def inline(text: str) -> Markup:
    r"""`text` as HTML: backticks to `<code>`, `$…$` to MathML, everything else escaped.

    A formula that cannot be converted, or that holds more than formulas need, stays as its escaped TeX.
    """
    parts: list[str] = []
    end = 0
    for match in _PIECE.finditer(text):
        parts.append(str(escape(text[end : match.start()])))
        code, tex = match["code"], match["tex"]
        parts.append(f"<code>{escape(code)}</code>" if code is not None else str(formula(tex)))
        end = match.end()
    parts.append(str(escape(text[end:])))
    return Markup("".join(parts))


def quoted(text: str) -> Markup:
    """`text` as HTML: backticks to `<code>`, everything else escaped."""
    parts = _CODE.split(text)
    return Markup("").join(Markup("<code>{}</code>").format(p) if n % 2 else escape(p) for n, p in enumerate(parts))


@lru_cache(maxsize=1024)
def formula(tex: str) -> Markup:
    """One formula as MathML; its escaped TeX in `<code>` where that fails."""
    fallback = Markup("<code>{}</code>").format(tex)
    if len(tex) > _LONGEST_FORMULA:
        return fallback
    try:
        tree = ElementTree.fromstring(convert(tex))
    except Exception:  # the converter raises what it likes (IndexError, KeyError, …); a formula never costs a page
        return fallback
    for element in tree.iter():
        element.tag = str(element.tag).removeprefix(_MATHML)
        if element.tag not in _DRAWS or not _ADJUSTS.issuperset(element.attrib):
            return fallback
    return Markup(ElementTree.tostring(tree, encoding="unicode"))
