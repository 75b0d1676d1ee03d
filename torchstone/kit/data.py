"""Small real data that travels with the kit: no download, its licence beside it, its hash checked when it is loaded.

`digits` gives images and labels, `batches` an epoch of minibatches, `shift_suite` the same images as the world may show
them.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from typing import Final, Literal

import numpy as np
import torch
from torch import Tensor

from torchstone.kit.shifts import SHIFTS, Shift, shift_suite

__all__ = ["REGISTRY", "SHIFTS", "DamagedDataError", "Dataset", "Shift", "batches", "digits", "shift_suite"]


class DamagedDataError(Exception):
    """An embedded file is not the one that was registered: reinstall the kit."""


@dataclass(frozen=True)
class Dataset:
    """An embedded data set and where it comes from."""

    name: str
    file: str  #: in torchstone/kit/data
    sha256: str
    origin: str
    licence: str
    attribution: str

    def read(self) -> bytes:
        """The bytes of the file; raises `DamagedDataError` if their hash is not the registered one."""
        content = (resources.files("torchstone.kit") / "data" / self.file).read_bytes()
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise DamagedDataError(f"{self.file} is not the file that was published with the kit: reinstall torchstone")
        return content


#: Every data set of the kit, by name.
REGISTRY: Final = {
    d.name: d
    for d in (
        Dataset(
            name="digits",
            file="digits.npz",
            sha256="af104d81e7cd419be5f343d23c6ca2e4e4ff847b06636260802df8e903c6183f",
            origin="UCI Machine Learning Repository, doi:10.24432/C50P49, test part; from scikit-learn's load_digits",
            licence="CC BY 4.0 (UCI); scikit-learn's copy BSD-3-Clause",
            attribution="E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, 1998",
        ),
    )
}


def digits(split: Literal["train", "test"] = "train") -> tuple[Tensor, Tensor]:
    """1,797 handwritten digits of 8×8 pixels: X [n, 64] float32 from 0 (paper) to 1 (ink), y [n] int64 in 0..9.

    The split is fixed: every fourth image is in "test" (449), the others in "train" (1,348). Both parts hold the same
    writers, so this test set measures generalization *within* the distribution. Raises ValueError for another split.
    """
    if split not in ("train", "test"):
        raise ValueError(f'split is {split!r}; allowed are "train" and "test"')
    with np.load(io.BytesIO(REGISTRY["digits"].read()), allow_pickle=False) as archive:
        images, labels = torch.from_numpy(archive["images"]), torch.from_numpy(archive["labels"])
    test = torch.arange(len(labels)) % 4 == 3
    chosen = test if split == "test" else ~test
    return images[chosen].float() / 16, labels[chosen].long()


def batches(X: Tensor, y: Tensor, batch_size: int, generator: torch.Generator) -> Iterator[tuple[Tensor, Tensor]]:
    """One epoch of minibatches in an order drawn from `generator`; the last one may be smaller."""
    order = torch.randperm(len(X), generator=generator)
    for start in range(0, len(order), batch_size):
        index = order[start : start + batch_size]
        yield X[index.to(X.device)], y[index.to(y.device)]
