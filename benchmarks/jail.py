"""A jailed process's life, on each tier: asked for, ready, one answer, gone. Medians, with the kit preloaded.

python -m benchmarks.jail --lives 100
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Iterator

from benchmarks.rows import Row, alone, at_most, figure
from benchmarks.whole_tree import so_far
from torchstone.errors import JailUnavailable
from torchstone.jail import Zygote
from torchstone.model import Cell, JailPolicy

_CELLS = (Cell("answer", 1, "import torch\n\n\ndef f(x):\n    return 2 * x\n"),)


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--lives", type=int, default=100, help="processes on each tier (default: %(default)s)")
    return made


def measure(options: argparse.Namespace) -> Iterator[Row]:
    for tier in ("namespaces", "landlock"):
        try:
            yield from _lives(tier, options.lives)
        except JailUnavailable as e:
            yield Row(f"{tier}: it cannot be built here", str(e), holds=False)


def _lives(tier: str, lives: int) -> Iterator[Row]:
    ready, whole = [], []
    with Zygote.start(JailPolicy(tier=tier)) as zygote:  # type: ignore[arg-type]
        zygote.spawn().close()
        zygote._take_spare().close()  # the spare one, which would be ready before it is asked for
        before = so_far(os.getpid())
        for _ in range(lives):
            began = time.perf_counter()
            zygote._ask_for_spare()
            child = zygote._take_spare()
            child.wait_ready(time.monotonic() + 10)
            ready.append(time.perf_counter() - began)
            child.load(_CELLS, 10)
            child.call("f", [1.0], {}, 10)
            child.close()
            whole.append(time.perf_counter() - began)
        spent = (so_far(os.getpid()) - before) / lives
    yield at_most(f"{tier}: to a ready process", 1000 * statistics.median(ready), 25, "ms")
    yield at_most(f"{tier}: a whole life, with one answer", 1000 * statistics.median(whole), 45, "ms")
    yield figure(f"{tier}: processor time of a life, both sides", 1000 * spent, "ms")


if __name__ == "__main__":
    sys.exit(alone(parser(), measure))
