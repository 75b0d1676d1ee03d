"""A text with an id, and what it is for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, ParamSpec

P = ParamSpec("P")


class Kind(StrEnum):
    """What a text is for. Each kind has its form, which `tests/messages` keeps."""

    FRAGMENT = "fragment"  #: evidence: part of a sentence, so no capital and no stop
    SENTENCE = "sentence"  #: tells what is so: whole sentences
    ADVICE = "advice"  #: tells what to do, and begins with it
    QUESTION = "question"  #: a hint: leads on, and does not answer
    LABEL = "label"  #: a few words on a page


@dataclass(frozen=True)
class Message(Generic[P]):
    """A text that a student can read: call it to render it."""

    id: str  #: «area.name»
    kind: Kind
    render: Callable[P, str]
    samples: tuple[Mapping[str, Any], ...]  #: arguments with which a test renders it; none for a fixed text

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> str:
        return self.render(*args, **kwargs)

    def rendered(self) -> tuple[str, ...]:
        """The text for each sample."""
        render: Callable[..., str] = self.render
        return tuple(render(**sample) for sample in self.samples or ({},))


def message(kind: Kind, *samples: Mapping[str, Any]) -> Callable[[Callable[P, str]], Message[P]]:
    """Over a function that makes a text: its place in the catalogue, and samples of its arguments."""

    def of(render: Callable[P, str]) -> Message[P]:
        area = render.__module__.rpartition(".")[2]
        return Message(f"{area}.{render.__name__}", kind, render, samples)

    return of


def plural(count: int, one: str, many: str) -> str:
    """`1 cell`, `3 cells`."""
    return f"{count} {one if count == 1 else many}"
