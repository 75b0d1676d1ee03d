"""What a fork server hears and says over its socket: JSON, with descriptors beside it."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Iterator, Mapping
from typing import Any, Final, NoReturn

from torchstone.errors import JailError, JailUnavailable

_MESSAGE: Final = 1 << 16
_DESCRIPTORS: Final = 3
_COMPLAINT: Final = 4000


def hear(control: socket.socket) -> tuple[dict[str, Any] | None, list[int]]:
    """The next message, and what came with it; None when nobody can send one any more."""
    try:
        message, descriptors, _, _ = socket.recv_fds(control, _MESSAGE, _DESCRIPTORS)
    except ConnectionResetError:  # it was closed before all that we told had been read
        return None, []
    return (json.loads(message) if message else None), descriptors


def tell(control: socket.socket, message: Mapping[str, object], *descriptors: int) -> None:
    socket.send_fds(control, [json.dumps(message).encode()], descriptors)


def refuse(control: socket.socket, error: BaseException) -> NoReturn:
    """Tell what is wrong, and tell it to everyone who asks for a branch, until nobody can any more; then exit."""
    tell(control, _failure(error))
    while True:
        request, descriptors = hear(control)
        if request is None:
            os._exit(1)
        if "branch" in request:
            for fd in descriptors:
                with socket.socket(fileno=fd) as asking:
                    tell(asking, _failure(error))


@contextlib.contextmanager
def refusing(sentence: str) -> Iterator[None]:
    """Turns an OSError into JailUnavailable with a sentence before it."""
    try:
        yield
    except OSError as error:
        raise JailUnavailable(f"{sentence}: {error}") from error


def _failure(error: BaseException) -> dict[str, str]:
    known = isinstance(error, JailError)
    text = str(error) if known else f"{type(error).__name__}: {error}"
    return {"error": "unavailable" if isinstance(error, JailUnavailable) else "jail", "message": text[:_COMPLAINT]}
