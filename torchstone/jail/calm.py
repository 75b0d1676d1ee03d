"""What every answer of a program begins from, whatever its cells and earlier answers did."""

from __future__ import annotations

import random
import re
import warnings
from typing import Final

import numpy as np
import torch

from torchstone.jail import cuda

#: Python's own filters of warnings: what a notebook shows.
_FILTERS: Final = (
    ("default", None, DeprecationWarning, re.compile("__main__"), 0),
    *(
        ("ignore", None, quiet, None, 0)
        for quiet in (ResourceWarning, ImportWarning, PendingDeprecationWarning, DeprecationWarning)
    ),
)


def calm() -> None:
    """Undo what a cell may have left switched: what it computes must not depend on another cell's switches.

    What is as it should be is left alone where asking costs less: a child copies the memory that it writes to.
    """
    if torch.get_default_dtype() is not torch.float32:
        torch.set_default_dtype(torch.float32)
    torch.set_default_device(None)
    if not torch.is_grad_enabled():
        torch.set_grad_enabled(True)
    if torch.get_num_threads() != 1:
        torch.set_num_threads(1)
    torch.use_deterministic_algorithms(False)
    torch.set_flush_denormal(False)
    torch.set_float32_matmul_precision("highest")
    cuda.steady()
    if torch.is_anomaly_enabled():
        torch.autograd.set_detect_anomaly(False)
    torch.default_generator.manual_seed(0)
    random.seed(0)
    np.random.seed(0)
    np.seterr(divide="warn", over="warn", under="ignore", invalid="warn")
    warnings.resetwarnings()
    warnings.filters.extend(_FILTERS)  # type: ignore[attr-defined]  # a list; one by one is a quarter of all this
