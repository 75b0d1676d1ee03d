"""Small real data that travels with the kit: no download, its licence beside it, its hash checked when it is loaded.

`digits` and `fashion` give images and labels, `batches` an epoch of minibatches, `shift_suite` the same images as the
world may show them. `REGISTRY` says where everything comes from.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

import numpy as np
import torch
from torch import Tensor

from torchstone.kit.registry import REGISTRY, DamagedDataError, Dataset, Remote
from torchstone.kit.shifts import SHIFTS, Shift, shift_suite

__all__ = [
    "FASHION",
    "REGISTRY",
    "SHIFTS",
    "DamagedDataError",
    "Dataset",
    "Remote",
    "Shift",
    "batches",
    "digits",
    "fashion",
    "shift_suite",
]

Split = Literal["train", "test"]

#: What the labels of `fashion` stand for.
FASHION: Final = (
    "T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"
)  # fmt: skip


def digits(split: Split = "train") -> tuple[Tensor, Tensor]:
    """1,797 handwritten digits of 8×8 pixels: X [n, 64] float32 from 0 (paper) to 1 (ink), y [n] int64 in 0..9.

    The split is fixed: every fourth image is in "test" (449), the others in "train" (1,348). Both parts hold the same
    writers, so this test set measures generalization *within* the distribution. Raises ValueError for another split.
    """
    _known(split)
    images, labels = _embedded("digits")
    test = torch.arange(len(labels)) % 4 == 3
    chosen = test if split == "test" else ~test
    return images[chosen].float() / 16, labels[chosen].long()


def fashion(split: Split = "train", full: bool = False, cache: str | Path | None = None) -> tuple[Tensor, Tensor]:
    """Grey images of clothes, 28×28 pixels, in ten classes: X [n, 1, 28, 28] float32 from 0 to 1, y [n] int64.

    Embedded are 1,000 for "train" and 300 for "test", as many of each class; `FASHION` names the classes. With `full`,
    all 60,000 and 10,000 are downloaded into a cache (`torchstone.kit.download.fetch` says where, and what it raises).
    Raises ValueError for another split.
    """
    _known(split)
    if full:
        from torchstone.kit.download import fetch, read_idx

        files = fetch(REGISTRY["fashion"], cache)[0 if split == "train" else 2 :][:2]
        images, labels = (torch.from_numpy(read_idx(file)) for file in files)
    else:
        images, labels = _embedded("fashion")
        chosen = slice(1000) if split == "train" else slice(1000, None)
        images, labels = images[chosen], labels[chosen]
    return images.float().unsqueeze(1) / 255, labels.long()


def batches(X: Tensor, y: Tensor, batch_size: int, generator: torch.Generator) -> Iterator[tuple[Tensor, Tensor]]:
    """One epoch of minibatches in an order drawn from `generator`; the last one may be smaller."""
    order = torch.randperm(len(X), generator=generator)
    for start in range(0, len(order), batch_size):
        index = order[start : start + batch_size]
        yield X[index.to(X.device)], y[index.to(y.device)]


def _known(split: str) -> None:
    if split not in ("train", "test"):
        raise ValueError(f'split is {split!r}; allowed are "train" and "test"')


def _embedded(name: str) -> tuple[Tensor, Tensor]:
    """Images and labels, in bytes, as they are stored."""
    with np.load(io.BytesIO(REGISTRY[name].read()), allow_pickle=False) as archive:
        return torch.from_numpy(archive["images"]), torch.from_numpy(archive["labels"])
