"""What comes out of a jail: an answer, what the student's code raised, or the loss of the process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

RaisedKind = Literal["raised", "missing", "misfit", "notdata", "refused"]
AccountKind = Literal["mixed", "numpy", "named", "generator", "host", "elsewhere"]
LostReason = Literal["deadline", "cpu", "died", "protocol", "memory", "output"]


@dataclass(frozen=True)
class Answer:
    """What a call gave. `value` is raw data; the rest was seen inside the jail, which student code can rewrite."""

    value: object
    mutated: tuple[int, ...] = ()  #: which input tensors were changed, counted through arguments and keywords
    devices: frozenset[str] = frozenset()  #: where the result's tensors lay
    noted: tuple[str, ...] = ()  #: names that were refused, and operations seen, of those that `Child.refuse` was given


@dataclass(frozen=True)
class Account:
    """Why a program failed on the accelerator, as its own process tells. All of it is the jail's word, bounded.

    `kind`: "mixed" (tensors of two devices met), "numpy", "named" (a device that is not there), "elsewhere" (a result
    on the CPU). `cell`, `line` and `code` are where the mistake was made, if that is known.
    """

    kind: AccountKind
    text: str
    cell: str | None = None
    line: int | None = None
    code: str | None = None


class StudentRaised(Exception):
    """The student's code raised instead of answering. All texts are the jail's word, bounded and stripped of controls.

    `kind`: "raised"; "missing" (the name is not defined: `text` is the name); "misfit" (parameters of other shapes);
    "notdata" (it returned something that is not data: `text` names it); "refused" (it used what the exercise asks for:
    `text` is the name).
    """

    def __init__(
        self,
        kind: RaisedKind,
        type_name: str,
        text: str,
        *,
        cell: str | None = None,
        line: int | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(f"{type_name}: {text}")
        self.kind = kind
        self.type_name = type_name
        self.text = text
        self.cell = cell  #: «cell 7», where the last frame in the student's own code was
        self.line = line
        self.code = code  #: that line, from the cells that were sent


class ChildLost(Exception):
    """The jailed process is gone, by itself or because it had to be ended.

    `reason`: "deadline" (silent for too long), "cpu" and "memory" (its limits), "output" (wrote without end),
    "protocol" (broke the wire's rules), "died" (anything else: a crash, an exit). `detail` says more, for a person.
    """

    def __init__(self, reason: LostReason, detail: str, cell: str | None = None) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
        self.cell = cell  #: «cell 7», if it happened while that cell was being loaded


@dataclass(frozen=True)
class Finding:
    """One attack on the jail by its owner, and whether the jail held."""

    name: str
    holds: bool
    detail: str
