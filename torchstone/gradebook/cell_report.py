"""The short report below a grade cell, as HTML. Every text in it is escaped; some of them are a student's."""

from __future__ import annotations

import re
from html import escape
from typing import Final
from urllib.parse import urlsplit

from torchstone.gradebook.scoring import NOT_YET, CellScore
from torchstone.messages import page
from torchstone.model import CheckResult, Repair

#: Characters of one evidence text; the full page is the feedback's.
_LONGEST: Final = 900

_SECTION: Final = re.compile(r"#[A-Za-z][\w-]{0,80}")


def cell_report(score: CellScore, maximum: float, blank: Repair | None) -> str:
    """One exercise's points and checks; `blank` is why nothing of the student's could be graded."""
    parts = ['<div class="torchstone">']
    if blank is not None:
        parts.append(f"<p>{_text(blank.message)}</p>")
    if score.points is None:
        parts.append(f"<p>{_text(NOT_YET)}</p>")
    else:
        parts.append(f"<p><strong>{page.points_of(score.points, maximum)}</strong></p>")
    if score.exercise is not None:
        parts += ["<ul>", *map(_check, score.exercise.checks), "</ul>"]
    return "\n".join([*parts, "</div>"])


def _check(check: CheckResult) -> str:
    points = f" ({check.earned:g} of {check.points:g})" if check.status in ("passed", "failed") else ""
    lines = [f"{page.status_in_a_cell(check.status)}: {_text(check.title)}{points}"]
    if check.verdict is not None and check.status in ("failed", "skipped"):
        verdict = check.verdict
        lines.append(_text(verdict.message))
        if verdict.where is not None:
            where = verdict.where
            lines.append(f"{page.place(_text(where.cell), where.line)}: <code>{_text(where.code)}</code>")
        if verdict.hint is not None:
            lines.append(page.hint(_text(verdict.hint.text)) + _link(verdict.hint.link))
    return f"<li>{'<br>'.join(lines)}</li>"


def _link(address: str | None) -> str:
    """To a section of the notebook that this report stands in, or to a page on the web."""
    if address is None or not (_SECTION.fullmatch(address) or urlsplit(address).scheme in ("http", "https")):
        return ""
    return f' <a href="{escape(address)}">{page.heading("more")}</a>'


def _text(text: str) -> str:
    """Escaped, cut, and without characters that cannot be seen or turn the reading direction round."""
    cut = text if len(text) <= _LONGEST else text[:_LONGEST] + " …"
    if not cut.isprintable():
        cut = "".join(c if c.isprintable() or c == "\n" else "�" for c in cut)
    return escape(cut).replace("\n", "<br>")
