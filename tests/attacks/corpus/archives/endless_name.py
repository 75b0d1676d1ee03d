"""A file whose name has sixty thousand characters, made so that looking for a student's name in it takes for ever."""

import io
from datetime import UTC

from arena.files import zipped

from torchstone.collecting import entries
from torchstone.collecting.archive import open_archive
from torchstone.errors import UnsafeArchive

DATA = zipped({"_" * 60_000 + "x.ipynb": b"{}"})


def longest():
    """Of the names that are looked at."""
    try:
        with open_archive(io.BytesIO(DATA), "a.zip", UTC, entries.DEFAULT_BOUNDS) as source:
            return max(len(entry.name) for entry in source.entries)
    except UnsafeArchive as e:
        return len(str(e)) - 300


def control(folder, patch):
    patch(entries, "LONGEST_NAME", 10**9)
    return longest() > 1000


def ours(folder, patch):
    return longest() > 0
