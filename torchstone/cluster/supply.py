"""Which programs go to a worker next, and how many at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Final

from torchstone.model import Program

#: How long a batch should take: long against a message, short against the run's end, in seconds.
_SECONDS: Final = 10.0
#: Programs in a batch at most: what is graded anew if its worker dies.
_MOST: Final = 50


class Supply:
    """Batches of programs in their order, as large as the time that earlier ones took allows.

    What came to nothing is tried once more at the end, alone: what takes workers down is found out, and set aside.
    """

    def __init__(self, programs: Iterable[Program]) -> None:
        self._fresh: Iterator[Program] = iter(programs)
        self._alone: deque[Program] = deque()
        self._tried: set[str] = set()
        self._size = 1

    def next(self) -> tuple[Program, ...]:
        """The next batch; empty if there is none now."""
        batch = tuple(islice(self._fresh, self._size))
        if not batch and self._alone:
            batch = (self._alone.popleft(),)
        return batch

    def give_back(self, batch: Sequence[Program]) -> None:
        """What was lost through no fault of its own comes next."""
        self._fresh = chain(batch, self._fresh)

    def took(self, batch: Sequence[Program], seconds: float) -> None:
        """Learn from a batch that came back."""
        self._size = max(1, min(_MOST, round(_SECONDS * len(batch) / max(seconds, 1e-3))))

    def again(self, program: Program) -> bool:
        """Put a program that came to nothing by for another try; False if it has had it."""
        if program.digest in self._tried:
            return False
        self._tried.add(program.digest)
        self._alone.append(program)
        return True
