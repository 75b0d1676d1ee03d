"""Which programs go to the workers next, and how many at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Final

from torchstone.model import Program

#: How long a batch should take: long against a message, short against the run's end, in seconds.
_SECONDS: Final = 5.0
#: Programs in a batch at most: what is graded anew if its worker dies.
_MOST: Final = 50


class Supply:
    """Batches of programs in their order, as large as the time that earlier ones took allows.

    What came to nothing has one more try, after everything else and with nothing else at work: Dask blames a worker's
    death on all that was waiting for that worker, and this is how the one that takes workers down is told from them.
    """

    def __init__(self, programs: Iterable[Program]) -> None:
        self._fresh: Iterator[Program] = iter(programs)
        self._alone: deque[Program] = deque()
        self._tried: set[str] = set()
        self._size = 1

    def batch(self) -> tuple[Program, ...]:
        """The next programs; empty if there are none now."""
        return tuple(islice(self._fresh, self._size))

    def alone(self) -> tuple[Program, ...]:
        """The next program to be tried once more, when nothing else is at work; empty if there is none."""
        return (self._alone.popleft(),) if self._alone else ()

    def took(self, batch: Sequence[Program], seconds: float) -> None:
        """Learn from a batch that came back."""
        self._size = max(1, min(_MOST, round(_SECONDS * len(batch) / max(seconds, 1e-3))))

    def give_back(self, batch: Sequence[Program]) -> None:
        """What was lost through no fault of its own comes next."""
        self._alone.extendleft(p for p in batch if p.digest in self._tried)
        self._fresh = chain([p for p in batch if p.digest not in self._tried], self._fresh)

    def again(self, program: Program) -> bool:
        """Keep a program that came to nothing for its other try; False if it has had it."""
        if program.digest in self._tried:
            return False
        self._tried.add(program.digest)
        self._alone.append(program)
        return True
