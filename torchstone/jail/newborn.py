"""What every child is at first, made once in the fork server: children share the memory, and copy what they change."""

from __future__ import annotations

import os
import random
import sys
from typing import TYPE_CHECKING, Final, NoReturn

from torchstone.jail import confinement

if TYPE_CHECKING:
    from torchstone.jail.worker import Worker

#: What the children of a fork server without a card compute on, by its profile.
_REHEARSED: Final = {"cpu": "cpu", "sim": "sim", "posing": "cuda"}


def prepared(home: str, profile: str) -> Worker:
    """Make this process, torch loaded, what a child is to find itself as; give the worker that it is to run."""
    import torch

    from torchstone.jail import rehearsal
    from torchstone.jail.worker import Worker

    os.environ.clear()
    os.environ.update(confinement.clean_environment(home))
    sys.argv = ["notebook"]
    _open_standard_streams()
    if profile in _REHEARSED:
        rehearsal.rehearse(_REHEARSED[profile])
    random.seed(0)
    torch.default_generator.manual_seed(0)
    return Worker(confinement.REQUESTS, confinement.REPLIES)


def serve(worker: Worker) -> NoReturn:
    """Be that worker, in a child."""
    from torchstone.jail.worker import EXIT_MEMORY

    try:
        worker.serve()
    except MemoryError:
        os._exit(EXIT_MEMORY)


def _open_standard_streams() -> None:
    """Over the three descriptors as a child has them: nothing to read, and a pipe to write to."""
    ours = [os.dup(fd) for fd in (1, 2)]
    reader, writer = os.pipe()
    for fd in (1, 2):
        os.dup2(writer, fd)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", buffering=1, errors="replace", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, errors="replace", closefd=False)  # noqa: SIM115
    for fd, kept in zip((1, 2), ours, strict=True):
        os.dup2(kept, fd)
    for fd in (reader, writer, *ours):
        os.close(fd)
