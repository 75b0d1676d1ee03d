"""One name of a hundred thousand letters, and thousands that are made of it: whoever writes them out fills the memory.

The judge looks for forbidden names in the text itself, outside the jail.
"""

import tracemalloc

from torchstone.judge import mentions
from torchstone.model import Cell, Program

LONG = "y" * 50_000
TEXTS = (
    f"x = a.{LONG}\n" + "\n".join(f"n{i} = x.b" for i in range(1500)),
    f"from {LONG} import {', '.join(f'n{i}' for i in range(1500))}",
)


def swells(text):
    program = Program("week01", (Cell("e", 1, text), Cell("e-2", 2, "n0 = x.b")))
    tracemalloc.start()
    try:
        mentions.mentions(program, "e", ["torch.nn.functional.gelu"])
        return tracemalloc.get_traced_memory()[1] > 50_000_000
    finally:
        tracemalloc.stop()
        mentions._names_read.cache_clear()


def control(folder, patch):
    patch(mentions, "_LONGEST", 10**9)
    return all(swells(text) for text in TEXTS)


def ours(folder, patch):
    return any(swells(text) for text in TEXTS)
