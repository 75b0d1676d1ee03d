"""Runs one module of `torchstone` in a clean interpreter: `python -s -P -B entry.py MODULE ARGUMENT…`.

The package is imported from the folder this file lies in, whatever is installed; the folder above it, which may be the
course with its `graders/`, never comes onto `sys.path`.
"""

import importlib
import importlib.util
import sys
from pathlib import Path


def _find_package() -> None:
    folder = Path(__file__).resolve().parent.parent
    spec = importlib.util.spec_from_file_location(
        "torchstone", folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None
    assert spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules["torchstone"] = package
    spec.loader.exec_module(package)


if __name__ == "__main__":
    _find_package()
    importlib.import_module(f"torchstone.{sys.argv[1]}").main(*sys.argv[2:])
