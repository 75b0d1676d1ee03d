"""How large a notebook may be, in one place. Everything after `read` may rely on these bounds."""

from __future__ import annotations

from typing import Final

#: Bytes of the file as it was handed in.
MAX_BYTES: Final = 20_000_000
#: Nesting of JSON arrays and objects; a notebook needs about ten, a rich output a few more.
MAX_DEPTH: Final = 100
#: JSON arrays and objects altogether (an empty one takes 20 times its two bytes in memory).
MAX_CONTAINERS: Final = 500_000
#: Cells of one notebook.
MAX_CELLS: Final = 1_000
#: Characters of one cell and of all cells together.
MAX_CELL: Final = 200_000
MAX_SOURCE: Final = 1_000_000

_MARKER: Final = "torchstone: this file was too large to keep"


def oversize_marker(size: int, sha256: str) -> bytes:
    """The small text that stands for a file over `MAX_BYTES`: `read` refuses it with the right reason."""
    return f"{_MARKER}\nbytes: {size}\nsha256: {sha256}\n".encode()


def marked_size(data: bytes) -> int | None:
    """The size recorded by `oversize_marker`, or None if `data` is not such a marker."""
    if len(data) > 300 or not data.startswith(_MARKER.encode()):
        return None
    line = data.split(b"\n")[1:2]
    digits = line[0].removeprefix(b"bytes: ") if line else b""
    return int(digits) if digits.isdigit() and len(digits) < 20 else 0
