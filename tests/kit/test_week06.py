"""Week 6's notebook: its form, its words and figures, and what its public checks accept and refuse."""

import ast
import importlib.util
import json
import re
from pathlib import Path

import pytest

from torchstone.judge.misconceptions import named
from torchstone.kit import localcheck
from torchstone.notebook import declared, dumps, is_normal, read

ROOT = Path(__file__).parents[2]
PATH = ROOT / "source" / "week06" / "week06.ipynb"
CELLS = json.loads(PATH.read_text(encoding="utf-8"))["cells"]
POINTS = {
    "conv2d": 15,
    "im2col": 10,
    "max_pool2d": 10,
    "avg_pool2d": 8,
    "receptive_field": 8,
    "lenet": 10,
    "learn_kernel": 10,
    "equivariance_error": 9,
    "channels_last": 7,
}
#: Only the graders see these: uniform images cannot tell them apart.
UNSEEN = {"max for average pooling", "sigmoid after the pooling"}
REGION = re.compile(r"( *)### BEGIN SOLUTION.*?### END SOLUTION", re.DOTALL)


def text(cell):
    return "".join(cell["source"])


def markdown():
    return [text(cell) for cell in CELLS if cell["cell_type"] == "markdown"]


def prose():
    whole = re.sub(r"\$\$.*?\$\$|\$[^$]*\$|`[^`]*`|<[^>]*>|\]\([^)]*\)", " ", "\n".join(markdown()), flags=re.DOTALL)
    return re.findall(r"[A-Za-zÀ-ž’'-]{2,}", whole)


def figures():
    """The calls of plots.show, with the cells they are in."""
    for cell in CELLS:
        if cell["cell_type"] == "code":
            for node in ast.walk(ast.parse(text(cell))):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "plots.show":
                    yield cell, node


def checked(change, only=None):
    """The public checks' results, every answer cell being passed through `change(exercise, source)`."""
    notebook = {"cells": [{**cell, "source": text(cell)} for cell in CELLS]}
    for cell in notebook["cells"]:
        if cell["id"] in POINTS:
            cell["source"] = change(cell["id"], cell["source"])
    cells = localcheck.cells_of(notebook)
    if only:
        cells = [cell for cell in cells if cell.name in ("setup", only) or cell.grade]
    return localcheck.run(cells, only).results


def misconceptions():
    spec = importlib.util.spec_from_file_location("week06", ROOT / "graders" / "week06" / "misconceptions.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return named(vars(module))


def test_the_file_is_in_normal_form_and_declares_its_points():
    notebook = read(PATH.read_bytes())
    assert is_normal(notebook)
    assert dumps(notebook) == PATH.read_text(encoding="utf-8")
    exercises = {e.id: (e.points, e.manual) for e in declared(notebook)}
    assert exercises == {name: (points, False) for name, points in POINTS.items()} | {"exploration": (10, True)}


def test_there_is_enough_to_read_and_to_see():
    assert len(prose()) >= 1800
    shown = list(figures())
    assert len(shown) >= 10
    for cell, call in shown:
        assert "demonstration" in cell["metadata"]["tags"]
        (alt,) = [keyword.value for keyword in call.keywords if keyword.arg == "alt"]
        assert len(ast.unparse(alt)) > 80


def test_predictions_come_before_what_they_predict():
    ids = [cell["id"] for cell in CELLS]
    for name in ("puzzle", "kernels", "complex", "lenet", "equivariance", "experiment"):
        assert ids.index(f"prediction-{name}") < ids.index(f"figure-{name}")


def test_every_exercise_has_its_anchor_and_every_link_to_brains_its_kind():
    whole = "\n".join(markdown())
    for name in POINTS:
        assert f'<a id="{name}"></a>' in whole
        assert f"](#{name})" in whole
    labels = re.findall(r"link to brains \(([^)]*)\)", whole)
    assert len(labels) >= 5
    assert all(re.search("analogy|model|evidence|hypothesis", label) for label in labels)


def test_no_word_belittles_the_reader():
    words = {word.lower() for word in prose()}
    assert not words & {"simply", "just", "obviously", "trivial", "easily", "easy"}


def test_the_solution_passes_the_stub_and_nothing_do_not():
    stub = r"\1raise NotImplementedError()"
    for change, status in [
        (lambda _, source: source, "passed"),
        (lambda _, source: REGION.sub(stub, source), "not written"),
        (lambda _, source: REGION.sub(r"\1return None", source), "failed"),
    ]:
        assert {r.exercise: r.status for r in checked(change)} == dict.fromkeys(POINTS, status)


@pytest.mark.slow
@pytest.mark.parametrize("exercise", POINTS)
def test_public_checks_see_the_misconceptions(exercise):
    for misconception in misconceptions():
        if misconception.exercise == exercise and misconception.name not in UNSEEN:

            def mistaken(name, source, mistake=misconception):
                return mistake.change(source) if name == mistake.exercise else source

            (result,) = checked(mistaken, exercise)
            assert result.status == "failed", misconception.name
            assert result.message.startswith(f"✗ {exercise}: ")
