"""What attackers aim at: secrets in every place of the judge's side, a bystander, a listener, a gradebook."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

PREFIX: Final = "tst-secret-"
ASSIGNMENT: Final = "week01"

#: What a student hands in who does everything right.
SOLUTION: Final = """\
import torch
def forward(X, W):
    return (X @ W).relu()
def gradient(X, W, up):
    open = up * (X @ W > 0)
    return open @ W.T, X.T @ open
def count(words):
    return {word: words.count(word) for word in words}
"""

#: Wrong answers to everything: what an attacker starts from.
WRONG: Final = """\
import torch
def forward(X, W):
    return torch.zeros(X.shape[0], W.shape[1])
def gradient(X, W, up):
    return torch.zeros(X.shape), torch.zeros(W.shape)
def count(words):
    return {}
"""

_GRADER: Final = '''
"""layer: {token}"""
import pytest
from torchstone.judge import agree, exercise, points, scenario

pytestmark = exercise("layer", worlds=["float32"])

@points(2)
@pytest.mark.parametrize("n, d, k", [(1, 3, 5), (4, 3, 2)])
def test_forward(student, draw, n, d, k):
    """Forward"""
    agree(student.forward(draw(n, d), draw(d, k)))

@scenario
def both(code, X, W, up):
    return code.gradient(X, W, up)

@points(2)
def test_gradient(student, draw):
    """Gradient"""
    agree(both(student, draw(4, 3), draw(3, 2), draw(4, 2)))

@points(2)
def test_count(student, draw):
    """Count"""
    agree(student.count(draw.words(9)))
'''
FULL: Final = 6.0


@dataclass
class World:
    """One set of aims. Whatever is secret holds `token`, or has `size` bytes."""

    root: Path
    token: str
    size: int
    proof: str
    bystander: int
    port: int
    datagrams: int
    heard: bytearray
    held: list[object] = field(default_factory=list)  #: in this process's memory
    planted: dict[str, Any] = field(default_factory=dict)  #: what everything guarded was at first

    @property
    def sized(self) -> Path:
        return self.graders / "sized.bin"

    @property
    def graders(self) -> Path:
        return self.root / "graders"

    @property
    def drop(self) -> Path:
        """A folder that anybody may write to, if they get there."""
        return self.root / "drop"

    @property
    def shared(self) -> Path:
        """A file in shared memory, of this world alone: others may be built at the same time."""
        return Path("/dev/shm") / f"torchstone-{hashlib.sha256(str(self.root).encode()).hexdigest()[:16]}"

    @property
    def gradebook(self) -> Path:
        return self.root / "gradebook.db"

    @property
    def guarded(self) -> list[Path]:
        """Folders in which nothing may appear or change, and files."""
        return [self.graders, self.root / "submitted", self.gradebook]

    def aims(self, judge: int) -> str:
        """The cell that tells an attacker where everything is. `judge` is the process that grades."""
        known = {
            "PREFIX": PREFIX,
            "SECRET_FILE": str(self.graders / "hidden_checks.py"),
            "SIZED_FILE": str(self.graders / "sized.bin"),
            "GRADERS": str(self.graders),
            "OTHER": str(self.root / "submitted" / "bob" / "answer.py"),
            "GRADEBOOK": str(self.gradebook),
            "DROP": str(self.drop),
            "SHM": str(self.shared),
            "PORT": self.port,
            "DATAGRAMS": self.datagrams,
            "BYSTANDER": self.bystander,
            "JUDGE": judge,
            "MASKED_PROOF": self.proof.encode().hex(),
        }
        lines = [f"{name} = {value!r}" for name, value in known.items()]
        return "\n".join([*lines, "PROOF = bytes.fromhex(MASKED_PROOF).decode()", WRONG])

    def dropped(self) -> str:
        """Everything that was left in the drop; it is empty afterwards."""
        found = []
        for path in sorted(self.drop.iterdir()):
            with contextlib.suppress(OSError, UnicodeDecodeError):
                found.append(path.name + path.read_text())
            with contextlib.suppress(OSError):
                path.unlink()
        return "\n".join(found)

    def told(self) -> str:
        """What came over the network since the last time."""
        heard, self.heard[:] = bytes(self.heard), b""
        return heard.decode(errors="replace")

    def untouched(self) -> dict[str, object]:
        """What is in everything that is guarded, to be compared."""
        found: dict[str, object] = {}
        for place in self.guarded:
            for file in [place] if place.is_file() else sorted(place.rglob("*")):
                if file.is_file() and "__pycache__" not in file.parts:
                    found[str(file)] = (file.stat().st_size, file.read_bytes() if file != self.sized else b"")
        return found

    def restore(self) -> None:
        """Put back what an attack changed."""
        now = self.untouched()
        for path in now.keys() - self.planted.keys():
            Path(path).unlink()
        for path, (size, data) in self.planted.items():
            if now.get(path) != (size, data):
                Path(path).write_bytes(data)
                os.truncate(path, size)

    def alive(self) -> bool:
        """Whether the bystander still runs."""
        with open(f"/proc/{self.bystander}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] not in "ZX"


@contextlib.contextmanager
def world(root: Path) -> Iterator[World]:
    """Build it in `root`, with a secret in this process's environment, memory and descriptors too."""
    token = PREFIX + secrets.token_hex(16)
    size = 10_000_000 + secrets.randbelow(10_000_000)
    command = [sys.executable, "-I", "-S", "-c", "import signal; signal.pause()"]
    with contextlib.ExitStack() as stack:
        bystander = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        stack.callback(_end, bystander)
        heard = bytearray()
        port, datagrams = stack.enter_context(_listener(heard))
        made = World(root, token, size, secrets.token_hex(12), bystander.pid, port, datagrams, heard)
        made.held += [token, {"reference": token}, bytearray(token.encode() * 100)]
        _plant(made)
        made.planted = dict(made.untouched())
        descriptor = os.open(made.graders / "hidden_checks.py", os.O_RDONLY)
        stack.callback(os.close, descriptor)
        os.set_inheritable(descriptor, True)
        os.environ["TORCHSTONE_PLANTED"] = token
        stack.callback(os.environ.pop, "TORCHSTONE_PLANTED", None)
        made.shared.write_text(token)
        stack.callback(made.shared.unlink, missing_ok=True)
        yield made


def _plant(made: World) -> None:
    folder = made.graders / ASSIGNMENT
    folder.mkdir(parents=True)
    (folder / "test_layer.py").write_text(_GRADER.replace("{token}", made.token))
    (folder / "reference.py").write_text(f"# {made.token}\n{SOLUTION}")
    hidden = (Path(__file__).parent / "hidden_checks.py").read_text()
    (made.graders / "hidden_checks.py").write_text(hidden.replace("{token}", made.token))
    (made.graders / f"name-{made.token}").touch()
    (made.graders / "sized.bin").touch()
    os.truncate(made.graders / "sized.bin", made.size)
    other = made.root / "submitted" / "bob"
    other.mkdir(parents=True)
    (other / "answer.py").write_text(f"# {made.token}\n{SOLUTION}")
    made.drop.mkdir()
    made.drop.chmod(0o777)
    with sqlite3.connect(made.gradebook) as book:
        book.execute("CREATE TABLE grade (student TEXT, score REAL)")
        book.execute("INSERT INTO grade VALUES ('ann', 0)")
    book.close()
    for path in (made.root, *made.root.rglob("*")):  # nothing but the jail protects any of it
        path.chmod(0o777 if path.is_dir() else 0o666)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


@contextlib.contextmanager
def _listener(heard: bytearray) -> Iterator[tuple[int, int]]:
    """Listens on this machine, by stream and by datagram."""
    stream = socket.create_server(("127.0.0.1", 0))
    datagram = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagram.bind(("127.0.0.1", 0))
    stop = threading.Event()

    def listen() -> None:
        stream.settimeout(0.05)
        datagram.settimeout(0.05)
        while not stop.is_set():
            with contextlib.suppress(OSError):
                talk, _ = stream.accept()
                with talk:
                    talk.settimeout(0.5)
                    heard.extend(talk.recv(4096))
            with contextlib.suppress(OSError):
                heard.extend(datagram.recv(4096))

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield stream.getsockname()[1], datagram.getsockname()[1]
    finally:
        stop.set()
        thread.join()
        stream.close()
        datagram.close()


def settle(seconds: float) -> None:
    """Let whatever was left behind come out."""
    if seconds:
        time.sleep(seconds)


__all__ = ["ASSIGNMENT", "FULL", "SOLUTION", "WRONG", "World", "settle", "world"]
