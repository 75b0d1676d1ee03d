"""One zygote a tier for the session. Before it starts, a canary is planted where the judge's side keeps things."""

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from torchstone.jail import Zygote
from torchstone.jail.tiers import missing
from torchstone.model import Cell, JailPolicy, Limits

LIMITS = Limits(cpu_seconds=3.0, memory_mb=1024, disk_mb=8, output_kb=16, processes=16)
SECONDS = 20.0


@dataclass
class Canary:
    """A secret of the judge's side, and where it lies."""

    secret: bytes
    folder: Path
    files: list[Path]
    memory: list[object] = field(default_factory=list)


@pytest.fixture(scope="session")
def canary(tmp_path_factory):
    secret = secrets.token_hex(16).encode()
    folder = tmp_path_factory.mktemp("course")
    files = [
        folder / "graders" / "week04" / "reference.py",
        folder / "course_secret",
        Path.home() / f".torchstone-canary-{os.getpid()}",  # other runs of these tests have one of their own
    ]
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"# " + secret)
        file.chmod(0o644)
    os.environ["TORCHSTONE_CANARY"] = secret.decode()
    descriptor = os.open(files[0], os.O_RDONLY)
    os.set_inheritable(descriptor, True)
    yield Canary(
        secret, folder, files, [secret.decode(), [secret] * 3, {"reference": secret}, bytearray(secret * 1000)]
    )
    os.close(descriptor)
    del os.environ["TORCHSTONE_CANARY"]
    files[-1].unlink()


@pytest.fixture(scope="session", params=["namespaces", "landlock"])
def zygote(request, canary):
    if reason := missing(request.param):
        pytest.skip(f"this machine cannot build the tier: {reason}")
    with Zygote.start(JailPolicy(tier=request.param, limits=LIMITS, preload=())) as started:
        yield started


@pytest.fixture
def child(zygote):
    with zygote.spawn() as spawned:
        yield spawned


@pytest.fixture
def load(child):
    """Load a program of one cell for each text; the child comes back."""

    def loaded(*sources):
        broken = child.load([Cell(f"cell-{i}", i, text) for i, text in enumerate(sources, 1)], SECONDS)
        assert broken == ()
        return child

    return loaded
