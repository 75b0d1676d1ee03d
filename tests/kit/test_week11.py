"""Week 11's notebook: its form, its words and figures, and what its public checks accept and refuse."""

import ast
import json
import re
from pathlib import Path

import pytest

from torchstone.kit import localcheck

PATH = Path(__file__).parents[2] / "source" / "week11" / "week11.ipynb"
NOTEBOOK = json.loads(PATH.read_text(encoding="utf-8"))
CELLS = NOTEBOOK["cells"]
POINTS = {
    "gd_newton": 10,
    "sgd": 14,
    "adagrad_rmsprop": 10,
    "adadelta": 8,
    "adam_adamw": 14,
    "schedules": 8,
    "project_simplex": 8,
    "gradient_noise": 8,
    "state_follows": 6,
}


def text(cell):
    return "".join(cell["source"])


def of(kind):
    return [cell for cell in CELLS if cell["cell_type"] == kind]


def mark(cell):
    return cell["metadata"].get("nbgrader", {})


def prose():
    whole = "\n".join(text(cell) for cell in of("markdown"))
    whole = re.sub(r"\$\$.*?\$\$|\$[^$]*\$|`[^`]*`|<[^>]*>|\]\([^)]*\)", " ", whole, flags=re.DOTALL)
    return re.findall(r"[A-Za-zÀ-ž’'-]{2,}", whole)


def changed(exercise, change):
    """The notebook's cells for `localcheck`, with the answer to one exercise (or to all, for None) changed."""
    notebook = json.loads(json.dumps(NOTEBOOK))
    for cell in notebook["cells"]:
        if mark(cell).get("solution") and cell["cell_type"] == "code" and exercise in (None, mark(cell)["grade_id"]):
            cell["source"] = change(text(cell))
    return localcheck.cells_of(notebook)


def statuses(change):
    return {result.exercise: result.status for result in localcheck.run(changed(None, change)).results}


def test_the_exercises_are_those_of_the_contract():
    grades = {mark(cell)["grade_id"]: mark(cell)["points"] for cell in CELLS if mark(cell).get("grade")}
    assert grades == {f"{name}_check": points for name, points in POINTS.items()} | {"exploration": 10}


def test_there_is_enough_to_read_and_to_see_and_every_figure_is_told():
    assert len(prose()) >= 3000
    calls = [n for cell in of("code") for n in ast.walk(ast.parse(text(cell))) if isinstance(n, ast.Call)]
    shown = [call for call in calls if ast.unparse(call.func) == "plots.show"]
    assert len(shown) >= 11
    for call in shown:
        (alt,) = [keyword.value for keyword in call.keywords if keyword.arg == "alt"]
        assert len(ast.unparse(alt)) > 80


def test_predictions_come_before_what_they_predict():
    ids = [cell["id"] for cell in CELLS]
    pairs = {"puzzle": "puzzle", "bias": "adam", "experiment": "experiment", "intervention": "intervention"}
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


def test_the_solution_passes_every_public_check_and_a_silent_answer_none():
    assert statuses(lambda source: source) == dict.fromkeys(POINTS, "passed")
    silent = re.compile(r"### BEGIN SOLUTION.*?### END SOLUTION", re.DOTALL)
    assert statuses(lambda source: silent.sub("return None", source)) == dict.fromkeys(POINTS, "failed")


MISTAKES = [
    ("gd_newton", "rows[-1] - lr * grad", "rows[-1] + lr * grad"),
    ("gd_newton", "torch.linalg.solve(H, g)", "H @ g"),
    ("gd_newton", "torch.linalg.solve(H, g)", "g / H.diagonal()"),
    ("gd_newton", "x - lr * direction", "x - direction"),
    ("gd_newton", "eigenvalues.abs()", "eigenvalues"),
    ("sgd", ".add_(g)", ".add_((1 - momentum) * g)"),
    ("sgd", "g + momentum * v if", "momentum * v if"),
    ("sgd", "g + momentum * v if", "v + momentum * v if"),
    ("sgd", "self.state[p]", 'self.state[group["params"][0]]'),
    ("sgd", "self.state[p]", 'self.__dict__.setdefault("own", {}).setdefault(p, {})'),
    ("sgd", "p.grad + decay * p", "p.grad.add_(decay * p)"),
    ("sgd", 'group["lr"], group', 'self.defaults["lr"], group'),
    ("sgd", "if p.grad is None:", "if p.grad is None or not p.grad.any():"),
    ("adagrad_rmsprop", 'torch.sqrt(total + group["eps"])', '(torch.sqrt(total) + group["eps"])'),
    ("adagrad_rmsprop", "torch.sqrt(mean + eps)", "(torch.sqrt(mean) + eps)"),
    ("adagrad_rmsprop", "total.add_(p.grad**2)", "total.add_(p.grad.abs())"),
    ("adagrad_rmsprop", "mean.mul_(alpha).add_((1 - alpha)", "mean.mul_(1 - alpha).add_(alpha"),
    ("adadelta", "(1 - rho) * u**2", "(1 - rho) * p.grad**2"),
    ("adadelta", "torch.sqrt(d + eps) /", "torch.sqrt(d) /"),
    ("adadelta", "p -= lr * u", "p -= u"),
    ("adam_adamw", '/ (1 - beta1 ** state["t"])', "/ 1"),
    ("adam_adamw", '(v_hat.sqrt() + group["eps"])', '(v_hat + group["eps"]).sqrt()'),
    ("adam_adamw", 'm_hat / (v_hat.sqrt() + group["eps"])', '(m_hat / v_hat.sqrt() + group["eps"])'),
    ("adam_adamw", "self.update(p, p.grad, group)", 'self.update(p, p.grad + group["weight_decay"] * p, group)'),
    ("adam_adamw", 'p *= 1 - group["lr"] * group["weight_decay"]', 'p *= 1 - group["weight_decay"]'),
    ("schedules", "* step / warmup_steps", "* (step + 1) / warmup_steps"),
    ("schedules", "if step >= max_update", "if step > max_update"),
    ("schedules", "final_lr + (base_lr - final_lr) *", "base_lr *"),
    ("schedules", "if step >= milestone", "if step > milestone"),
    ("schedules", "in milestones if", "in set(milestones) if"),
    ("project_simplex", "(V - theta).clamp(min=0)", "V.clamp(min=0) / V.clamp(min=0).sum(1, keepdim=True)"),
    ("project_simplex", "cumsum(1) - radius", "cumsum(1) - 1"),
    ("project_simplex", "gather(1, k - 1)", "gather(1, k - 1).detach()"),
    ("gradient_noise", "max(n - 1, 1)", "n"),
    ("gradient_noise", "max(n - 1, 1)", "(n - 1)"),
    ("gradient_noise", "if not replacement", "if False"),
    ("gradient_noise", "/ batch_size", "/ batch_size**0.5"),
    ("state_follows", "state[key] = moved(value, p)", "pass"),
    ("state_follows", "p.dtype if value.is_floating_point() else value.dtype", "p.dtype"),
    ("state_follows", "(list, tuple)", "list"),
    ("state_follows", "    module.to(to)\n", "    for p in module.parameters():\n        p.data = p.data.to(to)\n"),
]


@pytest.mark.parametrize(("exercise", "right", "wrong"), MISTAKES)
def test_public_checks_see_common_mistakes(exercise, right, wrong):
    def edit(source):
        assert right in source
        return source.replace(right, wrong)

    (result,) = localcheck.run(changed(exercise, edit), only=exercise).results
    assert result.status == "failed"
    assert result.message.startswith(f"✗ {exercise}: ")
