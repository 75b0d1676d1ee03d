"""The full data sets, for whoever is online and asks: downloaded once, checked against their hashes, kept in a cache.

Needs the optional extra `data` (pooch, platformdirs), which is imported when a download is asked for and not before.
Nothing that is graded needs it.
"""

from __future__ import annotations

import gzip
import os
from pathlib import Path
from typing import Any

import numpy as np

from torchstone.kit.registry import DamagedDataError, Dataset

__all__ = ["DownloadError", "fetch", "read_idx"]


class DownloadError(Exception):
    """A full data set could not be had; the message says why, and what to do."""


def fetch(dataset: Dataset, cache: str | Path | None = None) -> list[Path]:
    """The files of the full data set, in the order of the registry; each is downloaded unless the cache has it whole.

    The cache is `cache`, else the folder in the environment variable TORCHSTONE_DATA, else the user's cache folder. A
    file whose hash is not the registered one is not kept. Raises DownloadError if there is no more than what is
    embedded, if the extra is not installed, or the download fails; DamagedDataError for a wrong hash.
    """
    if not dataset.full:
        raise DownloadError(f"{dataset.name}: all of it is embedded already; there is nothing to download")
    pooch, platformdirs = _extra()
    folder = Path(cache or os.environ.get("TORCHSTONE_DATA") or platformdirs.user_cache_dir("torchstone"))
    return [_file(pooch, remote.url, remote.hash, folder / dataset.name) for remote in dataset.full]


def read_idx(path: Path) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """An array of bytes from a gzipped IDX file (the format of MNIST). Raises DamagedDataError for anything else."""
    with gzip.open(path) as file:
        content = file.read()
    dimensions = content[3] if len(content) > 3 else 0
    start = 4 + 4 * dimensions
    if content[:3] != b"\x00\x00\x08" or len(content) < start:
        raise DamagedDataError(f"{path.name} is no IDX file of bytes")
    shape = np.frombuffer(content, ">u4", dimensions, 4).astype(np.int64)
    if len(content) - start != shape.prod():
        raise DamagedDataError(f"{path.name} holds {len(content) - start} bytes; its header promises {shape.prod()}")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape).copy()


def _extra() -> tuple[Any, Any]:
    try:
        import platformdirs
        import pooch
    except ModuleNotFoundError as error:
        what = f"full data sets need {error.name}: pip install 'torchstone[data]'; the embedded part needs nothing"
        raise DownloadError(what) from None
    return pooch, platformdirs


def _file(pooch: Any, url: str, known_hash: str, folder: Path) -> Path:
    name = url.rsplit("/", 1)[-1]
    pooch.get_logger().setLevel("WARNING")
    try:
        return Path(pooch.retrieve(url, known_hash, name, folder, progressbar=False))
    except ValueError as error:  # pooch's word for a hash that differs; it has kept nothing
        raise DamagedDataError(f"{name} from {url} is not the file that is registered: nothing was kept") from error
    except OSError as error:  # requests' errors are OSErrors
        what = f"{name} could not be downloaded from {url} ({type(error).__name__}): are you online?"
        raise DownloadError(f"{what} The embedded part works without.") from error
