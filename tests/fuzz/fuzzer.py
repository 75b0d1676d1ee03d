"""Fuzzes the two decoders that meet untrusted bytes: the notebook reader, and the wire.

Inputs are mutations of a corpus: of bytes, and of the JSON in them. A decoder may give a value or refuse with its own
error, within bounds of time and memory; anything else is a finding, and is kept.
"""

from __future__ import annotations

import copy
import json
import random
import resource
import signal
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.benign.oddities import data, release
from torchstone import wire
from torchstone.errors import WireError
from torchstone.notebook import read, read_submission
from torchstone.wire.decode import Decoder, parse

CORPUS: Final = Path(__file__).parent / "corpus"
#: CPU seconds that one input may take, and bytes that all together may add to the process.
SECONDS: Final = 10.0
MEMORY: Final = 1 << 30

_INTERESTING: Final = (
    *(
        b"null",
        b"true",
        b"-1",
        b"1e999",
        b"NaN",
        b"Infinity",
        b'"\\ud800"',
        b"[",
        b"]",
        b"{",
        b"}",
        b'"',
        b"\\",
        b"\x00",
    ),
    *(b"\xff", b"\xef\xbb\xbf", b'{"t":["float32",[1],"cpu"]}', b'{"l":[]}', b'{"u":[]}', b'{"d":[]}', b'{"s":[]}'),
    *(b'{"r":["x",[]]}', b'{"c":[0.0,0.0]}', b'{"f":"nan"}', b'{"g":0}', b'"cell_type":"code"', b'"source":[]'),
    *(b'"nbgrader":{}', b"9" * 400, b"[" * 200),
)
_VALUES: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, -1, 2**31, 2**63, 2**64, 1e308, 0.5, "", "x" * 300, "é", "\u202e", [], {}, [[]]),
    *({"x": {}}, ["float64", [2, 2], "cpu"], [0] * 50),
    {"grade_id": "forward", "grade": True, "solution": True, "points": 1e9},
)


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


def frames() -> Callable[[bytes], bool]:
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


def notebooks() -> Callable[[bytes], bool]:
    """The notebook reader with its re-anchoring, which never raises. True: taken."""
    pristine = read(data(release()))

    def decode(given: bytes) -> bool:
        reading = read_submission(given, pristine, "week01")
        json.dumps(reading.notebook, allow_nan=False).encode()
        for cell in reading.program.cells:
            cell.source.encode()
        for repair in reading.repairs:
            assert len(repair.message) < 2000
        return not any(r.kind == "unreadable" for r in reading.repairs)

    return decode


TARGETS: Final = {"frames": frames, "notebooks": notebooks}


def fuzz(target: str, inputs: int, seed: int, seconds: float = float("inf")) -> Tally:
    """Try that many inputs, or as many as `seconds` of CPU allow. Findings are kept, at most 20."""
    decode, tally, draw = TARGETS[target](), Tally(), random.Random(seed)
    seeds = [path.read_bytes() for path in sorted((CORPUS / target).iterdir())]
    began, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with _alarm():
        while tally.inputs < inputs and (used := time.process_time() - began) < seconds and len(tally.findings) < 20:
            given = _mutated(draw, seeds, framed=target == "frames")
            tally.inputs += 1
            signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
            try:
                if decode(given):
                    tally.taken += 1
                else:
                    tally.refused += 1
            except Exception as e:
                tally.findings.append((given, f"{type(e).__name__}: {e}"[:300]))
            finally:
                signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            tally.slowest = max(tally.slowest, time.process_time() - began - used)
    tally.cpu_seconds = time.process_time() - began
    tally.memory_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    if tally.memory_mb > MEMORY >> 20:
        tally.findings.append((b"", f"memory grew by {tally.memory_mb:.0f} MB"))
    return tally


@contextmanager
def _alarm() -> Iterator[None]:
    def ring(number: int, frame: object) -> None:
        raise TooSlow(f"more than {SECONDS:g} s")

    kept = signal.signal(signal.SIGVTALRM, ring)
    try:
        yield
    finally:
        signal.signal(signal.SIGVTALRM, kept)


def _mutated(draw: random.Random, seeds: list[bytes], *, framed: bool) -> bytes:
    given = draw.choice(seeds)
    header, body = (
        (given[12 : len(given) - _body(given)], given[len(given) - _body(given) :]) if framed else (given, b"")
    )
    if draw.random() < 0.6:
        header = _other_tree(draw, header)
    for _ in range(draw.choice((0, 0, 1, 1, 2, 5))):
        header = _other_bytes(draw, header, draw.choice(seeds))
    if not framed:
        return header
    if draw.random() < 0.3:
        body = _other_bytes(draw, body, draw.choice(seeds))
    sizes = [len(header), len(body)]
    if draw.random() < 0.1:
        sizes[draw.randrange(2)] = draw.choice((0, 1, 2**20, 2**31, 2**32 - 1))
    return struct.pack("<IQ", *sizes) + header + body


def _body(frame: bytes) -> int:
    return min(struct.unpack_from("<Q", frame, 4)[0], len(frame) - 12)


def _other_bytes(draw: random.Random, given: bytes, other: bytes) -> bytes:
    at, to = sorted(draw.randrange(len(given) + 1) for _ in range(2))
    kind = draw.randrange(6)
    if kind == 0:
        return given[:at] + draw.choice(_INTERESTING) + given[at:]
    if kind == 1:
        return given[:at] + given[min(to, at + 40) :]
    if kind == 2:
        return given[:at] + given[at : min(to, at + 200)] * draw.choice((2, 3, 50)) + given[at:]
    if kind == 3 and given:
        at = draw.randrange(len(given))
        return given[:at] + bytes([given[at] ^ (1 << draw.randrange(8))]) + given[at + 1 :]
    if kind == 4:
        return given[:at] + other[draw.randrange(len(other) + 1) :]
    return given[:at]


def _other_tree(draw: random.Random, given: bytes) -> bytes:
    try:
        tree = json.loads(given)
    except (ValueError, RecursionError):
        return given
    for _ in range(draw.choice((1, 1, 2, 4))):
        places = list(_places(tree))
        if not places:
            break
        holder, key = draw.choice(places)
        kind = draw.randrange(5)
        if kind == 0:
            holder[key] = copy.deepcopy(draw.choice(_VALUES))
        elif kind == 1:
            other, where = draw.choice(places)
            holder[key] = copy.deepcopy(other[where])
        elif kind == 2:
            del holder[key]
        elif kind == 3 and isinstance(holder, list):
            holder[key:key] = [copy.deepcopy(holder[key])] * draw.choice((1, 2, 30))
        elif isinstance(holder, dict):
            holder[draw.choice(("t", "l", "d", "source", "metadata", "nbgrader", "id", "outputs"))] = holder.pop(key)
    try:
        return json.dumps(tree, ensure_ascii=draw.random() < 0.5).encode("utf-8", "surrogatepass")
    except (ValueError, RecursionError):
        return given


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    stack = [tree]
    while stack:
        node = stack.pop()
        keys: Any = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
        for key in keys:
            yield node, key
            if isinstance(node[key], dict | list):
                stack.append(node[key])
