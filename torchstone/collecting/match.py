"""Whose a submission is, by what the source calls it: an id, an e-mail address, or a name. Never a guess."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from torchstone.collecting.roster import Roster, Student


@dataclass(frozen=True)
class Match:
    """A student, or why there is none."""

    student: Student | None
    reason: str = ""


class Matcher:
    """Finds students of one roster."""

    def __init__(self, roster: Roster) -> None:
        self._exact: dict[str, set[Student]] = defaultdict(set)
        self._names: dict[str, set[Student]] = defaultdict(set)
        self._squeezed: dict[str, set[Student]] = defaultdict(set)
        for student in roster:
            self._exact[_folded(student.id)].add(student)
            if student.email:
                self._exact[_folded(student.email)].add(student)
            for parts in ((student.first_name, student.last_name), (student.last_name, student.first_name)):
                self._names[_words(" ".join(parts))].add(student)
            # A platform that writes «lastnamefirstname» leaves no way to tell where one ends.
            self._squeezed[_words(student.last_name + " " + student.first_name).replace(" ", "")].add(student)
        for table in (self._exact, self._names, self._squeezed):
            table.pop("", None)

    def match(self, names: Iterable[str], *, squeezed: Iterable[str] = ()) -> Match:
        """The one student whom any of `names` (id, e-mail, «First Last», «Last First», «Last, First») means.

        `squeezed` are names as Canvas writes them: last name and first name in lower case, without a gap.
        """
        names, squeezed = tuple(names), tuple(squeezed)
        found: set[Student] = set()
        for name in names:
            found |= self._exact.get(_folded(name), set()) or self._names.get(_words(name), set())
        for name in squeezed:
            found |= self._squeezed.get(_words(name).replace(" ", ""), set())
        if len(found) == 1:
            return Match(found.pop())
        shown = " or ".join(repr(name) for name in (*names, *squeezed))
        if not found:
            return Match(None, f"nobody in the roster is called {shown}")
        return Match(
            None, f"{shown} fits {' and '.join(sorted(s.id for s in found))}; name the file by the student's id"
        )


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text.strip()).casefold()


def _words(text: str) -> str:
    """Without case, accents and punctuation: «Ünal-Öz, Ça» → «unal oz ca»."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W_]+", plain.replace("'", "").replace("’", "")))
