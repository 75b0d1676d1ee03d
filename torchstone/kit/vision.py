"""torchvision, wherever it is installed: `vision.torchvision()` gives the module.

Beside a torch without CUDA, the torchvision of the package index cannot load its compiled operators, and fails when it
is imported because it registers a meta kernel for `torchvision::nms`, which then does not exist. The rest needs none of
them: transforms.v2, models, datasets, and in ops what is written in Python (box_iou, focal loss, roi_align). So the two
operators are declared, without an implementation, and the import is tried again. With a build that fits, nothing is
done. What stays out of reach: nms, deform_conv2d, torchvision.io.
"""

from __future__ import annotations

import functools
import importlib
import sys
from types import ModuleType
from typing import Any, Final

import torch

__all__ = ["torchvision"]

_DECLARATIONS: Final = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)


@functools.cache
def torchvision() -> ModuleType:
    """The module torchvision; its submodules transforms.v2, models, datasets and ops can be imported afterwards.

    Raises ModuleNotFoundError with what to do if it is not installed, RuntimeError if it cannot be imported for another
    reason than the one that is mended here.
    """
    try:
        return importlib.import_module("torchvision")
    except ModuleNotFoundError as error:
        if error.name != "torchvision":
            raise
        what = "torchvision is not installed: pip install -c constraints.txt torchvision (it must fit your torch)"
        raise ModuleNotFoundError(what, name="torchvision") from None
    except RuntimeError as error:
        if "torchvision::nms" not in str(error):
            raise
    for name in [m for m in sys.modules if m.partition(".")[0] == "torchvision"]:
        del sys.modules[name]
    _declare()
    return importlib.import_module("torchvision")


@functools.cache
def _declare() -> object:
    """Kept by the cache: when a Library goes, its declarations go with it."""
    make: Any = torch.library.Library  # without types
    library = make("torchvision", "FRAGMENT")
    for declaration in _DECLARATIONS:
        library.define(declaration)
    return library
