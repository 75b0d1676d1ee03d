"""`torchstone week new`: a week with one example exercise, which passes `week check` as it stands."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template
from typing import Any, Final

from torchstone.config import Course
from torchstone.errors import CourseError
from torchstone.notebook import dumps, normalize

_NAME: Final = re.compile(r"week\d\d")

_SETUP: Final = "import torch\n\nfrom torchstone.kit import check"
_ANSWER: Final = '''\
def linear(X, W, b):
    """The outputs of an affine layer. X [n, d], W [d, k], b [k]. Returns [n, k]."""
    ### BEGIN SOLUTION
    return X @ W + b
    ### END SOLUTION


def linear_backward(upstream, X, W):
    """From the gradient of a loss in the outputs: its gradients in X, W and b.

    upstream [n, k], X [n, d], W [d, k]. Returns a dictionary: "X" [n, d], "W" [d, k], "b" [k].
    """
    ### BEGIN SOLUTION
    return {"X": upstream @ W.T, "W": X.T @ upstream, "b": upstream.sum(0)}
    ### END SOLUTION'''
_CHECK: Final = """\
X, W, b = torch.tensor([[1.0, 2.0]]), torch.tensor([[1.0, 0.0], [0.0, 3.0]]), torch.tensor([1.0, -1.0])
check.close(linear(X, W, b), torch.tensor([[2.0, 5.0]]))
gradients = linear_backward(torch.tensor([[1.0, 10.0]]), X, W)
check.close(gradients["W"], torch.tensor([[1.0, 10.0], [2.0, 20.0]]))"""
_CONFTEST: Final = '''\
"""`pytest graders/week04 --submission FILE` and `--as "misconception"`."""

from torchstone.judge.plugin import pytest_addoption, pytest_configure

__all__ = ["pytest_addoption", "pytest_configure"]
'''
_EXPLORATION: Final = "Yours: ask a question that this notebook leaves open, and answer it with code and a figure."


def scaffold(course: Course, week: str) -> tuple[Path, ...]:
    """Write source/`week` and graders/`week`; gives the files.

    Raises CourseError for a name that is none, or where one of the folders is there already: nothing is replaced.
    """
    if not _NAME.fullmatch(week):
        raise CourseError(f"{week!r} is not the name of a week: it is called like week15")
    for folder in (course.source / week, course.graders / week):
        if folder.exists():
            raise CourseError(f"{folder} is there already; choose another week, or move it away")
    placed = []
    for parent, files in ((course.source, _source(week)), (course.graders, _graders(week))):
        parent.mkdir(exist_ok=True)
        building = Path(tempfile.mkdtemp(prefix=".new-", dir=parent))
        try:
            for name, text in files:
                (building / name).parent.mkdir(exist_ok=True)
                (building / name).write_text(text, encoding="utf-8")
                placed.append(parent / week / name)
            building.chmod(0o755)
            building.rename(parent / week)
        except OSError:
            shutil.rmtree(building, ignore_errors=True)
            raise
    conftest = course.graders / "conftest.py"
    if not conftest.exists():  # the first week of a course
        conftest.write_text(_CONFTEST, encoding="utf-8")
        placed.append(conftest)
    return tuple(placed)


def _source(week: str) -> Iterator[tuple[str, str]]:
    yield f"{week}.ipynb", dumps(normalize(_notebook(week)))


def _graders(week: str) -> Iterator[tuple[str, str]]:
    top = resources.files("torchstone.contracts") / "templates"
    for name, file in _files(top, ""):
        yield name.removesuffix(".txt"), Template(file.read_text(encoding="utf-8")).safe_substitute(week=week)


def _files(folder: Traversable, prefix: str) -> Iterator[tuple[str, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.is_dir():
            yield from _files(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(".txt"):
            yield f"{prefix}{entry.name}", entry


def _notebook(week: str) -> dict[str, Any]:
    cells = [
        _cell("markdown", f"# Week {int(week[4:])}: a title\n\nWhat this notebook is about, and what to look out for."),
        _cell("code", _SETUP, tags=["setup"]),
        _cell("markdown", '## An affine layer <a id="linear"></a>\n\nWhat is asked for, with shapes and a formula.'),
        _cell("code", _ANSWER, "linear", solution=True),
        _cell("code", _CHECK, "linear_check", grade=True, locked=True, points=5),
        _cell("markdown", "## Exploration"),
        _cell("markdown", _EXPLORATION, "exploration", grade=True, solution=True, points=10),
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def _cell(kind: str, source: str, grade_id: str = "", tags: list[str] | None = None, **marks: Any) -> dict[str, Any]:
    metadata: dict[str, Any] = {"tags": tags} if tags else {}
    if grade_id:
        base = {"grade": False, "solution": False, "locked": False, "schema_version": 3, "cell_type": kind}
        metadata["nbgrader"] = {**base, "grade_id": grade_id, **marks}
    made = {"cell_type": kind, "metadata": metadata, "source": source}
    return {**made, "outputs": [], "execution_count": None} if kind == "code" else made
