"""Week 4's notebook: its form, its words and figures, and what its public checks accept and refuse."""

import ast
import json
import re
from pathlib import Path

import pytest

from torchstone.kit import localcheck
from torchstone.notebook import declared, dumps, is_normal, read

PATH = Path(__file__).parents[2] / "source" / "week04" / "week04.ipynb"
NOTEBOOK = json.loads(PATH.read_text(encoding="utf-8"))
CELLS = NOTEBOOK["cells"]
POINTS = {
    "activations": 10,
    "mlp_forward_backward": 14,
    "dropout": 10,
    "weight_decay_step": 8,
    "initialization": 8,
    "my_gradcheck": 10,
    "k_fold": 8,
    "label_shift_weights": 8,
    "device_placement": 6,
}


def text(cell):
    return "".join(cell["source"])


def of(kind):
    return [cell for cell in CELLS if cell["cell_type"] == kind]


def mark(cell):
    return cell["metadata"].get("nbgrader", {})


def tags(cell):
    return cell["metadata"].get("tags", [])


def figures(cell):
    """The calls of plots.show in a code cell."""
    calls = [node for node in ast.walk(ast.parse(text(cell))) if isinstance(node, ast.Call)]
    return [call for call in calls if ast.unparse(call.func) == "plots.show"]


def prose():
    whole = "\n".join(text(cell) for cell in of("markdown"))
    whole = re.sub(r"\$\$.*?\$\$|\$[^$]*\$|`[^`]*`|<[^>]*>|\]\([^)]*\)", " ", whole, flags=re.DOTALL)
    return re.findall(r"[A-Za-zÀ-ž’'-]{2,}", whole)


def stubbed(source):
    """An answer cell as it is released."""
    return re.sub(
        r"( *)### BEGIN SOLUTION.*?### END SOLUTION", r"\1raise NotImplementedError()", source, flags=re.DOTALL
    )


def changed(edit):
    """The notebook's cells for `localcheck`, with every answer cell passed through `edit(exercise, source)`."""
    notebook = json.loads(json.dumps(NOTEBOOK))
    for cell in notebook["cells"]:
        if mark(cell).get("solution") and cell["cell_type"] == "code":
            cell["source"] = edit(mark(cell)["grade_id"], text(cell))
    return localcheck.cells_of(notebook)


def statuses(edit, only=None):
    return {result.exercise: result.status for result in localcheck.run(changed(edit), only).results}


def test_the_file_is_in_normal_form():
    notebook = read(PATH.read_bytes())
    assert is_normal(notebook)
    assert dumps(notebook) == PATH.read_text(encoding="utf-8")


def test_ids_and_points_are_those_of_the_contract():
    exercises = {e.id: e for e in declared(read(PATH.read_bytes()))}
    assert {e.id: e.points for e in exercises.values() if not e.manual} == POINTS
    assert (exercises["exploration"].points, exercises["exploration"].manual) == (10, True)


def test_every_answer_cell_is_followed_by_its_locked_checks_and_preceded_by_its_anchor():
    everything = "\n".join(text(cell) for cell in of("markdown"))
    for position, cell in enumerate(CELLS):
        if (name := mark(cell).get("grade_id")) in POINTS:
            follower = mark(CELLS[position + 1])
            assert follower["grade_id"] == f"{name}_check"
            assert follower["locked"]
            assert not follower["solution"]
            assert f'<a id="{name}"></a>' in text(CELLS[position - 1])
            assert f"](#{name})" in everything


def test_the_setup_is_locked_and_imports_torch_and_the_kit_alone():
    (setup,) = [cell for cell in CELLS if "setup" in tags(cell)]
    assert mark(setup)["locked"]
    assert not mark(setup)["grade"]
    assert not mark(setup)["solution"]
    imported = set()
    for cell in of("code"):
        for node in ast.walk(ast.parse(stubbed(text(cell)))):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(node.module)
    assert imported <= {"torch", "torchstone.kit", "math", "itertools"}


def test_there_is_enough_to_read_and_to_see():
    assert len(prose()) >= 2500
    shown = [call for cell in of("code") for call in figures(cell)]
    assert len(shown) >= 8
    for call in shown:
        (alt,) = [keyword.value for keyword in call.keywords if keyword.arg == "alt"]
        assert len(ast.unparse(alt)) > 80


def test_training_and_figures_are_demonstrations():
    for cell in of("code"):
        demonstration = "demonstration" in tags(cell)
        assert demonstration != ("nbgrader" in cell["metadata"])
        assert demonstration or not figures(cell)


def test_predictions_come_before_what_they_predict():
    ids = [cell["id"] for cell in CELLS]
    pairs = {
        "puzzle": "puzzle",
        "first-loss": "training",
        "depth": "init",
        "noise": "noise",
        "experiment": "experiment",
    }
    for prediction, figure in pairs.items():
        assert ids.index(f"prediction-{prediction}") < ids.index(f"figure-{figure}")


def test_every_link_to_brains_says_what_kind_it_is():
    labels = re.findall(r"link to brains \(([^)]*)\)", "\n".join(text(cell) for cell in of("markdown")))
    assert len(labels) >= 5
    assert all(re.search("analogy|model|evidence|hypothesis", label) for label in labels)


def test_no_word_belittles_the_reader():
    words = {word.lower() for word in prose()}
    checks = " ".join(text(cell) for cell in of("code"))
    for word in ("simply", "just", "obviously", "trivial", "easily"):
        assert word not in words
        assert not re.search(rf"\b{word}\b", checks)


def test_the_exploration_states_its_rubric_of_ten():
    (section,) = [text(cell) for cell in CELLS if cell["id"] == "section-exploration"]
    assert sum(int(n) for n in re.findall(r"\| (\d+) \|$", section, flags=re.MULTILINE)) == 10


def test_the_solution_passes_every_public_check():
    assert statuses(lambda _, source: source) == dict.fromkeys(POINTS, "passed")


def test_the_stub_passes_none():
    assert statuses(lambda _, source: stubbed(source)) == dict.fromkeys(POINTS, "not written")


def test_a_function_that_returns_nothing_passes_none():
    silent = re.compile(r"### BEGIN SOLUTION.*?### END SOLUTION", re.DOTALL)
    got = statuses(lambda _, source: silent.sub("return None", source))
    assert got == dict.fromkeys(POINTS, "failed")


MISTAKES = [
    ("activations", "return upstream * (x > 0)", "return (x > 0).to(x.dtype)"),
    ("activations", "return upstream * (x > 0)", "return upstream * (x >= 0)"),
    ("activations", "torch.exp(-x.abs())", "torch.exp(-x)"),
    ("activations", "return upstream * s * (1 - s)", "return upstream * s"),
    ("mlp_forward_backward", '"W1": cache["X"].T @ d_preactivation', '"W1": d_preactivation.T @ cache["X"]'),
    ("mlp_forward_backward", "/ len(y)", ""),
    ("mlp_forward_backward", '"b1": d_preactivation.sum(0)', '"b1": d_preactivation.mean(0)'),
    ("mlp_forward_backward", '* (cache["hidden"] > 0)', ""),
    ("dropout", "/ (1 - p)", ""),
    ("dropout", ">= p", "< p"),
    ("dropout", "if not training or p == 0:", "if p == 0:"),
    ("dropout", "torch.rand(x.shape, generator=generator)", "torch.rand(x.shape)"),
    ("dropout", "torch.rand(x.shape, generator=generator)", "torch.rand(x.shape[1:], generator=generator)"),
    ("weight_decay_step", "weight_decay * w)", "2 * weight_decay * w)"),
    ("weight_decay_step", "b -= lr * b.grad", "b -= lr * (b.grad + weight_decay * b)"),
    ("initialization", "fan_out, fan_in = t.shape[:2]", "fan_in, fan_out = t.shape[:2]"),
    ("initialization", "std = math.sqrt(2 / (fan_in * window))", "std = 2 / (fan_in * window)"),
    ("initialization", "window = t.shape[2:].numel()", "window = 1"),
    (
        "my_gradcheck",
        "torch.randn(y.shape, dtype",
        "torch.ones(y.shape, dtype=y.dtype) + 0 * torch.randn(y.shape, dtype",
    ),
    ("my_gradcheck", "<= tol * scale", "<= tol"),
    ("my_gradcheck", "raise TypeError", "print"),
    ("my_gradcheck", "itertools.product(*map(range, x.shape))", "[(0,) * x.dim()]"),
    ("k_fold", "mean, std = X[train].mean(0), X[train].std(0)", "mean, std = X.mean(0), X.std(0)"),
    ("k_fold", "X[train].std(0)", "X[train].std(0, correction=0)"),
    ("k_fold", ".tensor_split(k)", ".split(len(X) // k)[:k]"),
    ("label_shift_weights", "joint = C / C.sum()", "joint = C.T / C.sum()"),
    ("label_shift_weights", "joint = C / C.sum()", "joint = C / C.sum(0)"),
    ("label_shift_weights", ".clamp(min=0)", ""),
    ("label_shift_weights", "(w[y] * losses).mean()", "(w[y] * losses).sum() / w[y].sum()"),
    ("device_placement", 'self.register_buffer("mean", mean.clone())', "self.mean = mean.clone()"),
    ("device_placement", 'self.register_buffer("std", std.clone())', "self.std = nn.Parameter(std.clone())"),
    ("device_placement", "noise.to(z.device)", "noise"),
    ("device_placement", "torch.randn(z.shape, generator", "torch.randn(z.shape[1:], generator"),
]


@pytest.mark.parametrize(("exercise", "right", "wrong"), MISTAKES)
def test_public_checks_see_common_mistakes(exercise, right, wrong):
    def edit(name, source):
        if name != exercise:
            return source
        assert right in source
        return source.replace(right, wrong)

    (result,) = localcheck.run(changed(edit), only=exercise).results
    assert result.status == "failed"
    assert result.message.startswith(f"✗ {exercise}: ")


@pytest.mark.slow
def test_the_solution_runs_from_top_to_bottom_in_a_real_kernel(tmp_path, monkeypatch):
    import nbformat
    from nbclient import NotebookClient

    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    notebook = nbformat.read(PATH, 4)
    client = NotebookClient(
        notebook, timeout=250, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute()
    outputs = {cell["id"]: cell["outputs"] for cell in notebook.cells if cell["cell_type"] == "code"}
    html = [str(o["data"].get("text/html", "")) for cell in outputs.values() for o in cell if "data" in o]
    alts = re.findall(r'<img alt="([^"]{60,})"[^>]*src="data:image/png;base64,', "".join(html))
    assert len(alts) == sum(len(figures(cell)) for cell in of("code"))
    printed = {name: "".join(o.get("text", "") for o in cell) for name, cell in outputs.items()}
    assert all(printed[f"{name}_check"].startswith(f"✓ {name}") for name in POINTS)
    assert not [o for cell in outputs.values() for o in cell if o.get("name") == "stderr"]
