"""The course's secret: made once, kept out of git (mode 600), never sent to a jail.

The inputs of hidden checks are drawn from keys that are derived from it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
import tempfile
from pathlib import Path
from typing import Final

from torchstone.errors import SecretError
from torchstone.model import DrawKey

#: The key that tests and a lone `pytest graders/week04` draw from. Everyone knows it.
PUBLIC_KEY: Final = DrawKey(key=b"torchstone public key", fingerprint="public", round="public")

_BYTES: Final = 32


def create(path: Path) -> bytes:
    """Make a new secret at `path` (mode 600). Raises SecretError if there is one already."""
    if path.exists():
        raise SecretError(f"there is a secret at {path} already; move it away if you mean to start a new course")
    secret = secrets.token_bytes(_BYTES)
    _write(path, secret)
    return secret


def load(path: Path) -> bytes:
    """The secret at `path`. Raises SecretError if it is missing, damaged, or readable by other users."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        text = path.read_text().strip()
    except FileNotFoundError:
        raise SecretError(
            f"the course's secret is missing at {path}; "
            "bring it with `torchstone secret import FILE`, or make one with `torchstone secret create`"
        ) from None
    except OSError as e:
        raise SecretError(f"the course's secret at {path} cannot be read: {e.strerror}") from e
    if mode & 0o077:
        raise SecretError(f"the course's secret at {path} is open to other users; run `chmod 600 {path}`")
    try:
        secret = bytes.fromhex(text)
    except ValueError:
        secret = b""
    if len(secret) != _BYTES:
        raise SecretError(
            f"the course's secret at {path} is damaged; bring it back with `torchstone secret import FILE`"
        )
    return secret


def load_or_create(path: Path) -> bytes:
    """The secret at `path`, made now if this is a new course."""
    return load(path) if path.exists() else create(path)


def import_from(source: Path, path: Path) -> bytes:
    """Copy a secret exported elsewhere to `path`. Raises SecretError if another one is there."""
    try:
        secret = bytes.fromhex(source.read_text().strip())
    except (OSError, ValueError) as e:
        raise SecretError(f"{source} holds no course secret") from e
    if len(secret) != _BYTES:
        raise SecretError(f"{source} holds no course secret")
    if path.exists() and load(path) != secret:
        raise SecretError(f"another secret is at {path}; move it away first, its results will no longer match")
    _write(path, secret)
    return secret


def fingerprint(secret: bytes) -> str:
    """A public name of the secret: stands in every result and tells nothing about it."""
    return hashlib.sha256(b"torchstone fingerprint" + secret).hexdigest()[:16]


def draw_key(secret: bytes, assignment: str, grading_round: str = "1") -> DrawKey:
    """The key of one assignment's grading round (HMAC-SHA256): what leaks in one round is worthless in the next."""
    key = hmac.digest(secret, f"{assignment}/{grading_round}".encode(), "sha256")
    return DrawKey(key=key, fingerprint=fingerprint(secret), round=grading_round)


def _write(path: Path, secret: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fd, name = tempfile.mkstemp(dir=path.parent)  # mode 600 from the start
        with os.fdopen(fd, "w") as f:
            f.write(secret.hex() + "\n")
        os.replace(name, path)
    except OSError as e:
        raise SecretError(f"the course's secret cannot be written to {path}: {e.strerror}") from e
