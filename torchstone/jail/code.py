"""Code that is compiled once and run by many children: as text over the wire, opaque to the judge.

`marshal` may be made to do anything by whoever wrote its bytes. They are loaded in the jail alone, where the student's
own code runs anyway; the trusted side carries them about, and writes those of its scenarios.
"""

from __future__ import annotations

import binascii
import functools
import marshal
import warnings
from collections.abc import Mapping
from types import CodeType
from typing import Final

#: Where a scenario's frames are; `refusals.py` tells a check's calls by it.
SCENARIO_FILE: Final = "<check>"


def compiled(source: str, file: str) -> CodeType:
    """A cell or scenario as Python compiles it by itself. Raises SyntaxError and whatever else `compile` raises."""
    return compile(source, file, "exec", dont_inherit=True)


def of_cells(sources: Mapping[str, str]) -> dict[str, bytes]:
    """Cells, by their file names, before any of them has run.

    One that does not compile, or not without a warning, is left out: it is compiled where it runs, so that what is said
    of it comes there, in its turn.
    """
    found = {}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for file, source in sources.items():
            try:
                found[file] = marshal.dumps(compiled(source, file))
            except Exception:
                continue
    return found


def packed(codes: Mapping[str, bytes]) -> str:
    """As text, to be sent."""
    return binascii.b2a_base64(marshal.dumps(dict(codes)), newline=False).decode()


@functools.lru_cache(maxsize=256)
def packed_scenario(source: str) -> str:
    """A scenario's text, compiled and packed. Raises SyntaxError."""
    return packed({SCENARIO_FILE: marshal.dumps(compiled(source, SCENARIO_FILE))})


def unpacked(text: str) -> dict[str, bytes]:
    """What `packed` packed: in the jail alone."""
    codes: dict[str, bytes] = marshal.loads(binascii.a2b_base64(text)) if text else {}
    return codes


def loaded(code: bytes) -> CodeType:
    """Code that can run: in the jail alone."""
    made: CodeType = marshal.loads(code)
    return made
