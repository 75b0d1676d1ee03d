"""How a process of the jail is started: an interpreter that inherits nothing from us."""

from __future__ import annotations

import sys
from pathlib import Path


def clean_command(module: str, *arguments: str) -> list[str]:
    """How to run a module of Torchstone (`jail.zygote_main`) in a clean interpreter: no user site, no unsafe path, no
    bytecode written.

    Not `-I`, which would also ignore the fixed hash seed of `clean_environment`.
    """
    return [sys.executable, "-s", "-P", "-B", str(Path(__file__).with_name("entry.py")), module, *arguments]


def clean_environment() -> dict[str, str]:
    """The whole environment of a zygote: nothing of ours, one thread for each library, the same hash seed always."""
    threads = ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB_MAXIMUM")
    return {
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "0",
        "CUDA_VISIBLE_DEVICES": "",  # a zygote must never touch a real accelerator: no child could then
        "PYTORCH_NVML_BASED_CUDA_CHECK": "1",
        "MPLBACKEND": "Agg",
    } | {f"{name}_NUM_THREADS": "1" for name in threads}
