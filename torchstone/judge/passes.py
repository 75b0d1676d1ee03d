"""Passes that are remembered: what was asked on a probe, and which replies passed.

A check is a pure function of an implementation and a draw. So when a program's replies to the same questions are, byte
for byte, those that passed before, they pass again: the questions are put to it, its replies are read and digested, and
the check's body need not run. Most programs of a class give the same numbers on most probes, whatever their text. Only
passes are remembered; whatever failed is looked at anew, so that each student reads of their own code. Nothing of a
program is kept, and it can win nothing by it: the digests are SHA-256.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from torchstone.judge.probe import Probe
from torchstone.judge.trial import Seen, Trial
from torchstone.wire import Packed

#: Bytes of questions that are kept for a week; those that were not needed for longest go first.
_KEPT: Final = 128 << 20
#: What an entry takes besides its question.
_ENTRY: Final = 500


@dataclass(frozen=True)
class Exchange:
    """A question that a body asked, and the digest of the reply."""

    question: Packed
    reply: bytes


#: A probe in its world, and the replies so far.
_Place = tuple[str, str, tuple[bytes, ...]]


class Passes:
    """What is remembered of one week under one draw."""

    def __init__(self, kept: int = _KEPT) -> None:
        self._next: OrderedDict[_Place, Packed | tuple[Seen, ...]] = OrderedDict()
        self._left = kept

    def question(self, probe: Probe, replies: Sequence[bytes]) -> Packed | None:
        """What a body that passed asked after these replies; None if nothing is known of that."""
        found = self._found(probe, replies)
        return found if isinstance(found, Packed) else None

    def trial(self, probe: Probe, replies: Sequence[bytes]) -> Trial | None:
        """The trial that passed with these replies, without its values; None if nothing is known of that."""
        found = self._found(probe, replies)
        if found is None or isinstance(found, Packed):
            return None
        trial = Trial()
        trial.seen.extend(found)
        return trial

    def remember(self, probe: Probe, exchanges: Sequence[Exchange], trial: Trial) -> None:
        """`trial` passed with these exchanges."""
        replies: list[bytes] = []
        for exchange in exchanges:
            self._keep(probe, replies, exchange.question)
            replies.append(exchange.reply)
        self._keep(probe, replies, tuple(Seen(None, s.explicit, s.scale) for s in trial.seen))

    def _found(self, probe: Probe, replies: Sequence[bytes]) -> Packed | tuple[Seen, ...] | None:
        place = _place(probe, replies)
        if place in self._next:
            self._next.move_to_end(place)
        return self._next.get(place)

    def _keep(self, probe: Probe, replies: Sequence[bytes], entry: Packed | tuple[Seen, ...]) -> None:
        place = _place(probe, replies)
        if place not in self._next:
            self._left -= _size(entry)
        self._next[place] = entry
        self._next.move_to_end(place)
        while self._left < 0 and len(self._next) > 1:
            self._left += _size(self._next.popitem(last=False)[1])


def _place(probe: Probe, replies: Sequence[bytes]) -> _Place:
    return probe.name, probe.world.name, tuple(replies)


def _size(entry: Packed | tuple[Seen, ...]) -> int:
    return _ENTRY + (entry.size if isinstance(entry, Packed) else 0)
