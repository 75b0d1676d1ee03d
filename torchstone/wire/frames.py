"""Frames over non-blocking file descriptors: `u32 header length | u64 body length | JSON header | tensor bytes`."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import select
import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from torchstone.errors import NotData, WireClosed, WireDeadline, WireError
from torchstone.wire.decode import Decoder, Place, parse
from torchstone.wire.encode import Encoder
from torchstone.wire.limits import MAX_BODY, MAX_HEADER

_HEAD: Final = struct.Struct("<IQ")
_TUPLE: Final = b'{"u":['
_JSON: Final = json.JSONEncoder(separators=(",", ":"), allow_nan=False, check_circular=False)
_NUMBER_AT_MOST: Final = 32  # bytes of a header
_JOIN: Final = 1 << 16  # a body this small travels with its header in one write

#: Waits until `fd` is ready for `event` (a `select.POLL…` constant) or raises WireDeadline. The jail's trusted side
#: passes its own, which collects a child's output meanwhile.
Wait = Callable[[int, int, float], None]


@dataclass(frozen=True)
class Received:
    """A value that arrived, and the device names its tensors came from: the sender's word."""

    value: object
    devices: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Packed:
    """A tuple in the form in which it travels: equal ones are equal data. Its number comes before it in the frame."""

    header: bytes
    body: bytes

    @property
    def size(self) -> int:
        return len(self.header) + len(self.body)

    @functools.cached_property
    def digest(self) -> bytes:
        """SHA-256 of the whole."""
        return hashlib.sha256(b"%d:%b%b" % (len(self.header), self.header, self.body)).digest()


def wait_ready(fd: int, event: int, deadline: float) -> None:
    """Wait until `fd` is ready. Raises WireDeadline at `deadline`, an instant of `time.monotonic()`."""
    left = deadline - time.monotonic()
    poll = select.poll()
    poll.register(fd, event)
    if left <= 0 or not poll.poll(min(left, 3600.0) * 1000 + 1):
        raise WireDeadline("no answer in time")


def send(fd: int, value: object, deadline: float, *, layout: bool = False, wait: Wait = wait_ready) -> None:
    """Send one value over a non-blocking `fd`.

    `layout` also sends strides and generators, which only a receiver with `trusted_sender` takes.
    Raises NotData if the value is not data (nothing was sent then), WireDeadline, WireClosed.
    """
    _send(fd, *_encode(value, layout), deadline, wait)


def pack(value: tuple[object, ...]) -> Packed:
    """A tuple, to be sent with a number, also more than once: with strides and generators. Raises NotData as `send`."""
    header, buffers = _encode(value, layout=True)
    if len(header) > MAX_HEADER - _NUMBER_AT_MOST:
        raise NotData(f"data of {len(header):,} bytes besides tensors (at most {MAX_HEADER - _NUMBER_AT_MOST:,})")
    return Packed(header, b"".join(buffers))


def send_packed(fd: int, number: int, packed: Packed, deadline: float, *, wait: Wait = wait_ready) -> None:
    """Send the tuple `(number, *value)`. Raises WireDeadline, WireClosed."""
    header = _TUPLE + b"%d," % number + packed.header.removeprefix(_TUPLE)
    _send(fd, header, [memoryview(packed.body)] if packed.body else [], deadline, wait)


def receive_packed(fd: int, number: int, deadline: float, *, wait: Wait = wait_ready) -> Packed:
    """The next value as it travelled, which has to be a tuple with this number; what follows the number is not looked
    at. Raises WireError, WireDeadline, WireClosed.
    """
    header, body = _receive(fd, deadline, wait)
    before = _TUPLE + b"%d," % number
    if not header.startswith(before):
        Decoder(body).decode(parse(header))  # for the reason, if it is none of ours at all
        raise WireError("a reply to another request")
    return Packed(_TUPLE + header.removeprefix(before), bytes(body))


def unpack(packed: Packed) -> Received:
    """The value that arrived. Raises WireError for a frame that breaks the protocol."""
    decoder = Decoder(bytearray(packed.body))
    return Received(decoder.decode(parse(packed.header)), frozenset(decoder.devices))


def receive(
    fd: int, deadline: float, *, trusted_sender: bool = False, place: Place | None = None, wait: Wait = wait_ready
) -> Received:
    """The next value from a non-blocking `fd`; `deadline` bounds the whole frame, however slowly it drips in.

    `trusted_sender` also takes strides and generators; `place` is applied to every tensor that arrives.
    Raises WireError for a frame that breaks the protocol, WireDeadline, WireClosed.
    """
    header, body = _receive(fd, deadline, wait)
    decoder = Decoder(body, trusted_sender=trusted_sender, place=place)
    return Received(decoder.decode(parse(header)), frozenset(decoder.devices))


def dump(value: object) -> bytes:
    """The value as one frame, to be kept. Raises NotData as `send` would."""
    header, buffers = _encode(value, layout=False)
    return b"".join([_HEAD.pack(len(header), sum(len(b) for b in buffers)), header, *buffers])


def load(frame: bytes) -> object:
    """The value of a frame that `dump` gave, as it would arrive at the judge. Raises WireError for anything else."""
    if len(frame) < _HEAD.size:
        raise WireError("a frame that is cut short")
    header_size, body_size = _HEAD.unpack_from(frame)
    body_at = _HEAD.size + header_size
    if header_size > MAX_HEADER or len(frame) != body_at + body_size:
        raise WireError("a frame whose lengths do not match")
    return Decoder(bytearray(frame[body_at:])).decode(parse(frame[_HEAD.size : body_at]))


def copy(value: object) -> object:
    """The value as it would arrive at the judge. Raises NotData as `send` would."""
    return _travel(value, layout=False)


def copy_in(value: object) -> object:
    """The value as it would arrive in the jail: with strides and generators. Raises NotData as `send` would."""
    return _travel(value, layout=True)


def _travel(value: object, *, layout: bool) -> object:
    header, buffers = _encode(value, layout)
    return Decoder(bytearray(b"".join(buffers)), trusted_sender=layout).decode(parse(header))


def _encode(value: object, layout: bool) -> tuple[bytes, list[memoryview]]:
    encoder = Encoder(layout=layout)
    try:
        header = _JSON.encode(encoder.encode(value)).encode()
    except RecursionError:  # the caller's stack was nearly full already
        raise NotData("containers nested too deeply") from None
    if len(header) > MAX_HEADER:
        raise NotData(f"data of {len(header):,} bytes besides tensors (at most {MAX_HEADER:,})")
    return header, encoder.buffers


def _send(fd: int, header: bytes, buffers: Sequence[memoryview], deadline: float, wait: Wait) -> None:
    size = sum(len(buffer) for buffer in buffers)
    head = _HEAD.pack(len(header), size) + header
    if size <= _JOIN:
        _write(fd, memoryview(b"".join([head, *buffers])), deadline, wait)
        return
    for part in (memoryview(head), *buffers):
        _write(fd, part, deadline, wait)


def _receive(fd: int, deadline: float, wait: Wait) -> tuple[bytes, bytearray]:
    head = bytearray(_HEAD.size)
    _read(fd, [head], deadline, wait)
    header_size, body_size = _HEAD.unpack(head)
    if header_size > MAX_HEADER or body_size > MAX_BODY:
        raise WireError(f"a frame of {header_size:,} + {body_size:,} bytes")
    header, body = bytearray(header_size), bytearray(body_size)
    _read(fd, [header, body], deadline, wait)
    return bytes(header), body


def _write(fd: int, data: memoryview, deadline: float, wait: Wait) -> None:
    while data:
        try:
            data = data[os.write(fd, data) :]
        except BlockingIOError:
            wait(fd, select.POLLOUT, deadline)
        except BrokenPipeError:
            raise WireClosed("the other side is gone") from None


def _read(fd: int, into: Sequence[bytearray], deadline: float, wait: Wait) -> None:
    """Fill these one after the other."""
    views = [memoryview(part) for part in into if part]
    while views:
        try:
            count = os.readv(fd, views)
        except BlockingIOError:
            wait(fd, select.POLLIN, deadline)
            continue
        if not count:
            raise WireClosed("the other side is gone")
        while views and count >= len(views[0]):
            count -= len(views.pop(0))
        if count:
            views[0] = views[0][count:]
