"""Where statements begin in a cell's text, found without parsing it.

A student's text is not given to `ast.parse` here: CPython's parser can be crashed by text that is nested deeply enough,
and this process is not the jail. A scan for strings, brackets and comments is enough, and linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

# A statement of Python never begins with % ! ?, never assigns `= !…` or `= %…`, and never ends in `name?`.
_ESCAPE: Final = re.compile(
    r"\s*(?:[%!?]|[^\W\d][\w.,\s]*=\s*(?:!|%\s*[A-Za-z])|[^\W\d][\w.]*\?{1,2}\s*$)",
)
_TOKEN: Final = re.compile(r"'''|\"\"\"|['\"#()\[\]{}]")
_CLOSING: Final = {q: re.compile(r"\\.|" + q) for q in ("'''", '"""', "'", '"')}


@dataclass(frozen=True)
class Statement:
    """A place where a statement begins: indices of its first physical line and, for an escape, of its last one."""

    first: int
    last: int
    escape: bool  #: IPython's own syntax (`%magic`, `!shell`, `name?`), not Python


@dataclass(frozen=True)
class _State:
    quote: str = ""  #: the open string's quotation mark
    depth: int = 0  #: open brackets
    continued: bool = False  #: the line before ended in a backslash

    @property
    def between(self) -> bool:
        return not self.quote and not self.depth and not self.continued


def statements(source: str) -> Iterator[Statement]:
    r"""Each line of `source` (lines end with `\n` only) on which a statement begins, in order.

    Python's own rules for strings, brackets, comments and backslashes hold; an escape takes its whole line, and the
    lines it is continued on.
    """
    lines = source.split("\n")
    state = _State()
    at = 0
    while at < len(lines):
        line = lines[at]
        if state.between and _ESCAPE.match(line):
            last = at
            while lines[last].endswith("\\") and last + 1 < len(lines):
                last += 1
            yield Statement(at, last, escape=True)
            at = last + 1
            continue
        if state.between and line.strip() and not line.lstrip().startswith("#"):
            yield Statement(at, at, escape=False)
        state = _after(line, state)
        at += 1


def _after(line: str, state: _State) -> _State:
    quote, depth, at = state.quote, state.depth, 0
    while True:
        match = (_CLOSING[quote] if quote else _TOKEN).search(line, at)
        if match is None:
            break
        at = match.end()
        mark = match[0]
        if quote:
            quote = "" if mark == quote else quote
        elif mark == "#":
            return _State(depth=depth)
        elif mark in "([{":
            depth += 1
        elif mark in ")]}":
            depth = max(depth - 1, 0)
        else:
            quote = mark
    continued = line.endswith("\\")
    if len(quote) == 1 and not continued:  # an unterminated string: the line is wrong, the next ones may not be
        quote = ""
    return _State(quote, depth, continued and not quote)
