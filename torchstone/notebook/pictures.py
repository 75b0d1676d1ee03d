"""What may stay of a student's outputs: pictures and plain text, so that an exploration's figures can be graded.

Everything active is dropped (HTML, SVG, JavaScript, widgets): a page that staff open must not run a student's code.
One HTML is read: a figure as `torchstone.kit.plots.show` displays it, which becomes a picture with alternative text.
Nothing kept here bears on a score: it never becomes an `execute_result`, which is where nbgrader looks for points.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from typing import Any, Final

from torchstone.notebook.cells import Json

#: Characters of pictures (base64) and of text that one notebook may keep; what comes later is dropped.
MAX_PICTURES: Final = 12_000_000
MAX_TEXT: Final = 200_000

#: Characters of one alternative text.
MAX_ALT: Final = 2_000

#: What `torchstone.kit.plots.show` displays, and nothing else.
_KIT_FIGURE: Final = re.compile(
    r'<img alt="([^"<>]*)" style="max-width: 100%" src="data:image/png;base64,([A-Za-z0-9+/=]+)">'
)
_MAGIC: Final = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}


class Allowance:
    """Filters outputs and attachments of one notebook, within what it may keep altogether."""

    def __init__(self) -> None:
        self._pictures = MAX_PICTURES
        self._text = MAX_TEXT

    def outputs(self, outputs: object) -> list[Json]:
        """The pictures and plain text among a code cell's outputs, as inert outputs of nbformat 4."""
        kept: list[Json] = []
        for output in outputs if isinstance(outputs, list) else []:
            if not isinstance(output, dict):
                continue
            if output.get("output_type") == "stream":
                text = self._plain(output.get("text"))
                if text:
                    kept.append({"output_type": "stream", "name": "stdout", "text": text})
            elif output.get("output_type") in ("display_data", "execute_result"):
                data, alt = _kit_figure(output.get("data")) or (output.get("data"), _alt(output.get("metadata")))
                data = self._bundle(data)
                if data:
                    told = {"image/png": {"alt": self._plain(alt)}} if alt and "image/png" in data else {}
                    kept.append({"output_type": "display_data", "metadata": told, "data": data})
        return kept

    def attachments(self, attachments: object) -> dict[str, Json]:
        """The pictures among a text cell's attachments, by name."""
        kept: dict[str, Json] = {}
        for name, bundle in attachments.items() if isinstance(attachments, dict) else ():
            pictures = self._pictures_of(bundle)
            if pictures and name.isprintable() and len(name) <= 200:
                kept[name] = pictures
        return kept

    def _bundle(self, data: object) -> Json:
        kept = self._pictures_of(data)
        text = self._plain(data.get("text/plain")) if isinstance(data, dict) else ""
        return kept | ({"text/plain": text} if text else {})

    def _pictures_of(self, data: object) -> Json:
        kept: Json = {}
        for kind, magic in _MAGIC.items():
            compact = "".join(_joined(data.get(kind)).split()) if isinstance(data, dict) else ""
            if compact and len(compact) <= self._pictures and _is_picture(compact, magic):
                self._pictures -= len(compact)
                kept[kind] = compact
        return kept

    def _plain(self, text: Any) -> str:
        plain = _joined(text)[: self._text]
        plain = plain.encode("utf-8", "replace").decode()
        self._text -= len(plain)
        return plain


def alternative(output: Json) -> str:
    """The alternative text of a kept output's picture; empty if it has none."""
    return _alt(output["metadata"])


def _kit_figure(data: object) -> tuple[Json, str] | None:
    """The picture and the alternative text of a figure that the kit displayed; None for anything else."""
    found = _KIT_FIGURE.fullmatch(_joined(data.get("text/html")).strip()) if isinstance(data, dict) else None
    if found is None:
        return None
    alt = html.unescape(found[1])[:MAX_ALT]
    return {"image/png": found[2], "text/plain": alt}, alt


def _alt(metadata: object) -> str:
    told = metadata.get("image/png") if isinstance(metadata, dict) else None
    alt = told.get("alt") if isinstance(told, dict) else None
    return alt[:MAX_ALT] if isinstance(alt, str) else ""


def _joined(text: Any) -> str:
    if isinstance(text, list) and all(isinstance(part, str) for part in text):
        return "".join(text)
    return text if isinstance(text, str) else ""


def _is_picture(encoded: str, magic: bytes) -> bool:
    """Whether the text is strict base64 of such a file: it is written into a page's attribute."""
    try:
        return base64.b64decode(encoded, validate=True).startswith(magic)
    except (binascii.Error, ValueError):
        return False
