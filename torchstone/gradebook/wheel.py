"""The wheel of Torchstone that students install."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

import torchstone
from torchstone.errors import CourseError

_PROJECT: Final = ("pyproject.toml", "README.md", "LICENSE", "torchstone")


def build_wheel(into: Path) -> Path:
    """Build the wheel of the Torchstone that is running, from a copy of its project that holds nothing else.

    Needs the project's folder (an editable install) and no network. Raises CourseError.
    """
    project = Path(torchstone.__file__).resolve().parent.parent
    if not (project / "pyproject.toml").is_file():
        raise CourseError(f"Torchstone was not installed from its project folder ({project} has no pyproject.toml)")
    with tempfile.TemporaryDirectory(prefix="torchstone-wheel-") as scratch:
        copy = Path(scratch) / "project"
        copy.mkdir()
        for name in _PROJECT:
            path = project / name
            if path.is_dir():
                shutil.copytree(path, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
            elif path.is_file():
                shutil.copyfile(path, copy / name)
        command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
        command += ["--disable-pip-version-check", "--wheel-dir", scratch, str(copy)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        wheels = list(Path(scratch).glob("*.whl"))
        if done.returncode != 0 or len(wheels) != 1:
            reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise CourseError(f"the wheel could not be built: {reason}")
        target = into / wheels[0].name
        shutil.copyfile(wheels[0], target)
    return target
