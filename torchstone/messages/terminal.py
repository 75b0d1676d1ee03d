"""What `torchstone check` prints about a student's notebook."""

from __future__ import annotations

from torchstone.messages._message import Kind, message, plural


@message(Kind.FRAGMENT, {"place": "cell 7, line 3", "what": "ValueError: x is empty"})
def could_not_run(place: str, what: str) -> str:
    return f"! {place} could not run: {what}"


@message(Kind.FRAGMENT, {"passed": 1, "of": 1}, {"passed": 3, "of": 9})
def exercises_passed(passed: int, of: int) -> str:
    return f"{passed} of {plural(of, 'exercise passes its', 'exercises pass their')} public checks"


@message(Kind.FRAGMENT, {"name": "droput", "known": ["dropout", "k_fold"]})
def no_such_exercise(name: str, known: list[str]) -> str:
    return f"there is no exercise {name!r}; there are {', '.join(known)}"


@message(Kind.FRAGMENT, {"path": "week04.ipynb", "why": "No such file or directory"})
def cannot_be_read(path: str, why: str) -> str:
    return f"{path} cannot be read: {why}"
