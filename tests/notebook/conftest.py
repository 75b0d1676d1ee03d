"""A small release and the ways students change it. Sessions-wide, so that property-based tests may use them."""

from __future__ import annotations

import copy
import json
from types import SimpleNamespace

import pytest


def code(source, grade_id=None, tags=(), cell_id=None, **mark):
    cell = {"cell_type": "code", "metadata": {}, "source": source, "execution_count": None, "outputs": []}
    return _marked(cell, grade_id, tags, cell_id, mark)


def text(source, grade_id=None, cell_id=None, **mark):
    return _marked({"cell_type": "markdown", "metadata": {}, "source": source}, grade_id, (), cell_id, mark)


def _marked(cell, grade_id, tags, cell_id, mark):
    if grade_id:
        flags = {"grade": False, "locked": False, "solution": False, "schema_version": 3, **mark}
        cell["metadata"]["nbgrader"] = {"grade_id": grade_id, "cell_type": cell["cell_type"], **flags}
    if tags:
        cell["metadata"]["tags"] = list(tags)
    if cell_id or grade_id:
        cell["id"] = cell_id or grade_id
    return cell


def answer(name, source):
    return code(source, name, solution=True)


def check(name, points, source):
    return code(source, f"{name}_check", grade=True, locked=True, points=points)


def notebook(*cells, **metadata):
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}}
    language = {"language_info": {"name": "python"}}
    return {"cells": list(cells), "metadata": {**kernel, **language, **metadata}, "nbformat": 4, "nbformat_minor": 5}


STUBS = {
    "alpha": "def alpha(x):\n    raise NotImplementedError",
    "beta": "def beta(x):\n    raise NotImplementedError\n\n\nclass Beta:\n    pass",
    "gamma": "def gamma(x):\n    raise NotImplementedError",
}
DEMONSTRATION = "losses = []\nfor epoch in range(100):\n    losses.append(alpha(epoch))\nplot(losses)"


def _release():
    return notebook(
        text("# A week", cell_id="intro"),
        code("import torch", "imports", tags=["setup"], locked=True),
        text("## Alpha\nWrite `alpha`.", cell_id="about-alpha"),
        answer("alpha", STUBS["alpha"]),
        check("alpha", 2, "assert alpha(1) == 1"),
        code(DEMONSTRATION, cell_id="training", tags=["demonstration"]),
        text("## Beta", "about-beta", locked=True),
        answer("beta", STUBS["beta"]),
        check("beta", 3, "assert beta(1) == 1"),
        answer("gamma", STUBS["gamma"]),
        check("gamma", 1, "assert gamma(1) == 1"),
        text("## Exploration", cell_id="about-exploration"),
        text("Your text.", "exploration", grade=True, solution=True, points=10),
    )


def _find(nb, name):
    return next(c for c in nb["cells"] if c.get("id") == name)


def _answered(nb):
    """A copy in which every exercise is answered."""
    nb = copy.deepcopy(nb)
    for name in STUBS:
        _find(nb, name)["source"] = f"def {name}(x):\n    return x  # answered"
    _find(nb, "exploration")["source"] = "I saw that it memorises."
    return nb


@pytest.fixture(scope="session")
def made():
    """Builders of cells and notebooks."""
    return SimpleNamespace(
        answer=answer,
        answered=_answered,
        check=check,
        code=code,
        demonstration=DEMONSTRATION,
        data=lambda nb: json.dumps(nb).encode(),
        find=_find,
        notebook=notebook,
        stubs=STUBS,
        text=text,
    )


@pytest.fixture(scope="session")
def release():
    """The pristine release; never changed by a test."""
    return _release()


@pytest.fixture
def submission(release):
    """A copy of the release in which every exercise is answered."""
    return _answered(release)
