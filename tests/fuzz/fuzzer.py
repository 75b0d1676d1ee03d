"""Fuzzes the two decoders that meet untrusted bytes: the notebook reader, and the wire.

A decoder may give a value or refuse with its own error, within bounds of time and memory; anything else is a finding:
hypothesis brings it down to the smallest input that shows it.
"""

from __future__ import annotations

import json
import resource
import signal
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

from hypothesis import HealthCheck, example, given, settings
from hypothesis import seed as seeded

from tests.benign.oddities import data, release
from tests.fuzz.strategies import STRATEGIES, kept
from torchstone import wire
from torchstone.errors import WireError
from torchstone.notebook import read, read_submission
from torchstone.wire.decode import Decoder, parse

#: CPU seconds that one input may take, and bytes that all together may add to the process.
SECONDS: Final = 10.0
MEMORY: Final = 1 << 30
#: Inputs that hypothesis makes of one seed: it keeps track of them to make no two alike, which costs memory.
BATCH: Final = 1000

_SETTINGS: Final = settings(
    database=None, deadline=None, print_blob=False, report_multiple_bugs=False, suppress_health_check=list(HealthCheck)
)

Decode = Callable[[bytes], bool]


class TooSlow(Exception):
    """An input took longer than any may."""


@dataclass
class Tally:
    """What a run came to."""

    inputs: int = 0
    taken: int = 0
    refused: int = 0
    findings: list[tuple[bytes, str]] = field(default_factory=list)
    slowest: float = 0.0
    cpu_seconds: float = 0.0
    memory_mb: float = 0.0


def frames() -> Decode:
    """The wire's decoder: as it reads what a jail says, and as a jail reads what we say. True: taken."""

    def decode(given: bytes) -> bool:
        try:
            wire.load(given)
        except WireError:
            taken = False
        else:
            taken = True
        if len(given) > 12:
            size = min(struct.unpack_from("<I", given)[0], len(given) - 12)
            with suppress(WireError):
                Decoder(bytearray(given[12 + size :]), trusted_sender=True).decode(parse(given[12 : 12 + size]))
        return taken

    return decode


def notebooks() -> Decode:
    """The notebook reader with its re-anchoring, which never raises. True: taken."""
    pristine = read(data(release()))

    def decode(given: bytes) -> bool:
        reading = read_submission(given, pristine, "week01")
        json.dumps(reading.notebook, allow_nan=False).encode()
        for cell in reading.program.cells:
            cell.source.encode()
        for repair in reading.repairs:
            assert len(repair.message) < 2000
            assert repair.message.isprintable()
        return not any(r.kind == "unreadable" for r in reading.repairs)

    return decode


TARGETS: Final = {"frames": frames, "notebooks": notebooks}


def fuzz(target: str, inputs: int, seed: int, seconds: float = float("inf")) -> Tally:
    """Try the corpus, then that many inputs, or as many as `seconds` of CPU allow. Ends at the first finding."""
    decode, tally = TARGETS[target](), Tally()
    began, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with _alarm():
        while tally.inputs < inputs and time.process_time() - began < seconds and not tally.findings:
            _batch(target, decode, tally, min(BATCH, inputs - tally.inputs), seed)
            seed += 1
    tally.cpu_seconds = time.process_time() - began
    tally.memory_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    if tally.memory_mb > MEMORY >> 20:
        tally.findings.append((b"", f"memory grew by {tally.memory_mb:.0f} MB"))
    return tally


def _batch(target: str, decode: Decode, tally: Tally, inputs: int, seed: int) -> None:
    """The inputs of one seed; a finding is the last input that failed, which is the smallest."""
    failed = b""

    @given(STRATEGIES[target])
    def attempt(given: bytes) -> None:
        nonlocal failed
        try:
            _try(decode, given, tally)
        except Exception:
            failed = given
            raise

    if not tally.inputs:
        for known in kept(target):
            attempt = example(known)(attempt)
    try:
        settings(_SETTINGS, max_examples=inputs)(seeded(seed)(attempt))()
    except Exception as e:
        tally.findings.append((failed, f"{type(e).__name__}: {e}"[:300]))


def _try(decode: Decode, given: bytes, tally: Tally) -> None:
    tally.inputs += 1
    began = time.process_time()
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        if decode(given):
            tally.taken += 1
        else:
            tally.refused += 1
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        tally.slowest = max(tally.slowest, time.process_time() - began)


@contextmanager
def _alarm() -> Iterator[None]:
    def ring(number: int, frame: object) -> None:
        raise TooSlow(f"more than {SECONDS:g} s")

    kept_handler = signal.signal(signal.SIGVTALRM, ring)
    try:
        yield
    finally:
        signal.signal(signal.SIGVTALRM, kept_handler)
