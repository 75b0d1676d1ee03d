"""Week 4's graders, graded: right answers earn everything, wrong ones lose points and are recognised.

A misconception is graded on the checks of its own exercise: it edits one cell, and no exercise needs another's cell
(`test_exercises_do_not_need_each_other`), so that it cannot cost points elsewhere.
"""

from __future__ import annotations

import dataclasses
import importlib.util
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from torchstone.judge import Judge, declared_exercises
from torchstone.judge.children import Zygotes
from torchstone.judge.misconceptions import Misconception, named
from torchstone.judge.week import Week, script_cells
from torchstone.model import Cell, GradingPolicy, JailPolicy, Program, Result
from torchstone.notebook import declared, read, solution_program
from torchstone.secret import PUBLIC_KEY

ROOT = Path(__file__).parents[2]
GRADERS = ROOT / "graders" / "week04"
SOURCE = read((ROOT / "source" / "week04" / "week04.ipynb").read_bytes())
SOLUTION = solution_program(SOURCE, "week04")

POLICY = GradingPolicy(jail=JailPolicy(preload=()), key=PUBLIC_KEY)
CPU_ONLY = dataclasses.replace(POLICY, scored_devices=("cpu",))

POINTS = {  # in all, and of these on an accelerator
    "activations": (10, 1),
    "mlp_forward_backward": (14, 2),
    "dropout": (10, 1),
    "weight_decay_step": (8, 1),
    "initialization": (8, 1),
    "my_gradcheck": (10, 1),
    "k_fold": (8, 1),
    "label_shift_weights": (8, 1),
    "device_placement": (6, 3),
}
exercises = pytest.mark.parametrize("exercise", POINTS)


def _misconceptions() -> dict[str, Misconception]:
    spec = importlib.util.spec_from_file_location("week04_misconceptions", GRADERS / "misconceptions.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {m.name: m for m in named(vars(module))}


MISCONCEPTIONS = _misconceptions()


class Bench:
    """A judge for each exercise, on a copy of its grader alone; one pair of zygotes for all of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._zygotes = Zygotes(POLICY.jail)
        self._judges: dict[tuple[str, GradingPolicy], Judge] = {}

    def judge(self, exercise: str, policy: GradingPolicy) -> Judge:
        if (exercise, policy) not in self._judges:
            week = self._folder / exercise / "week04"
            week.mkdir(parents=True, exist_ok=True)
            for name in (f"test_{exercise}.py", "reference.py", "misconceptions.py"):
                shutil.copy(GRADERS / name, week / name)
            self._judges[exercise, policy] = Judge(week.parent, policy, zygotes=self._zygotes)
        return self._judges[exercise, policy]

    def grade(self, exercise: str, program: Program, policy: GradingPolicy = POLICY) -> Result:
        return self.judge(exercise, policy).grade(program, SOLUTION)

    def diagnose(self, exercise: str, program: Program, policy: GradingPolicy = POLICY) -> Result:
        return self.judge(exercise, policy).diagnose(program, self.grade(exercise, program, policy))

    def close(self) -> None:
        for judge in self._judges.values():
            judge.close()
        self._zygotes.close()


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    bench = Bench(tmp_path_factory.mktemp("graders"))
    yield bench
    bench.close()


def alone(exercise: str) -> Program:
    """The solution of one exercise, and of no other."""
    return dataclasses.replace(
        SOLUTION, cells=tuple(c for c in SOLUTION.cells if c.name == exercise or c.name not in POINTS)
    )


def rewritten(exercise: str, source: str) -> Program:
    """The solution of one exercise, and after its cell another one."""
    solution = alone(exercise)
    return dataclasses.replace(solution, cells=(*solution.cells, Cell("rewritten", len(solution.cells) + 1, source)))


def stub(program: Program) -> Program:
    """Every solution region taken out, as the release does."""

    def emptied(source: str) -> str:
        region = re.compile(r"^( *)### BEGIN SOLUTION$.*?^ *### END SOLUTION$", re.DOTALL | re.MULTILINE)
        return region.sub(r"\1raise NotImplementedError()", source)

    return dataclasses.replace(
        program, cells=tuple(dataclasses.replace(c, source=emptied(c.source)) for c in program.cells)
    )


def account(result: Result) -> str:
    """Every check that was not passed, for whoever reads a failing test."""
    told = []
    for e in result.exercises:
        for c in e.checks:
            if c.status != "passed":
                v = c.verdict
                why = f"{v.stage}: {v.message} ({v.probe}; {v.world}; {v.hint and v.hint.name})" if v else c.staff
                told.append(f"{e.exercise} {c.check}: {c.status}, {why}")
    return "\n".join(told)


# ---- what is declared -----------------------------------------------------------------------------------------------


def test_points_are_those_of_the_contract():
    found = {
        e.id: (e.points, sum(c.points for c in e.checks if c.name == "accelerator"))
        for e in declared_exercises(GRADERS)
    }
    assert found == POINTS


def test_points_agree_with_the_notebook():
    by_hand = {e.id: e.points for e in declared(SOURCE) if e.manual}
    automatic = {e.id: e.points for e in declared(SOURCE) if not e.manual}
    assert automatic == {name: points for name, (points, _) in POINTS.items()}
    assert by_hand == {"exploration": 10}


@exercises
def test_every_exercise_has_misconceptions(exercise: str):
    assert sum(m.exercise == exercise for m in MISCONCEPTIONS.values()) >= 4


@pytest.mark.parametrize("name", MISCONCEPTIONS)
def test_a_hint_asks_and_points_to_its_exercise(name: str):
    misconception = MISCONCEPTIONS[name]
    assert "?" in misconception.hint
    assert misconception.link == f"#{misconception.exercise}"
    changed = misconception.program(SOLUTION)
    differing = [a.name for a, b in zip(SOLUTION.cells, changed.cells, strict=True) if a != b]
    assert differing == [misconception.exercise]


# ---- right and empty answers ----------------------------------------------------------------------------------------


@exercises
def test_exercises_do_not_need_each_other(bench: Bench, exercise: str):
    result = bench.grade(exercise, alone(exercise))
    assert (result.earned, result.points) == (POINTS[exercise][0],) * 2, account(result)
    assert result.complete
    assert all(c.staff is None for e in result.exercises for c in e.checks)


@exercises
def test_the_stub_earns_nothing(bench: Bench, exercise: str):
    result = bench.grade(exercise, stub(SOLUTION))
    assert (result.earned, result.complete) == (0, True), account(result)


# ---- alternatives ---------------------------------------------------------------------------------------------------

WEEK = Week(GRADERS, PUBLIC_KEY, SOLUTION)
WRITTEN_OTHERWISE = [
    (stem, cell.name)
    for stem, path in WEEK.alternatives.items()
    for cell in script_cells(path.read_text())
    if cell.name in POINTS
]


@exercises
def test_every_exercise_has_alternatives(exercise: str):
    assert sum(name == exercise for _, name in WRITTEN_OTHERWISE) >= 3


@pytest.mark.slow
@pytest.mark.parametrize(("alternative", "exercise"), WRITTEN_OTHERWISE)
def test_an_alternative_earns_everything(bench: Bench, alternative: str, exercise: str):
    result = bench.grade(exercise, WEEK.alternative(alternative))
    assert result.earned == result.points, account(result)
    assert result.complete


# ---- misconceptions -------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", MISCONCEPTIONS)
def test_a_misconception_loses_points_and_is_named(bench: Bench, name: str):
    misconception = MISCONCEPTIONS[name]
    exercise = misconception.exercise
    program = misconception.program(alone(exercise))
    result = bench.diagnose(exercise, program, CPU_ONLY)
    if result.earned == result.points:  # it shows on an accelerator alone
        result = bench.diagnose(exercise, program)
    hints = {c.verdict.hint.name for e in result.exercises for c in e.checks if c.verdict and c.verdict.hint}
    assert result.earned < result.points
    assert hints == {name}, account(result)


# ---- impostors ------------------------------------------------------------------------------------------------------

#: Names that an exercise's checks call; of a class, its methods.
CALLED = {
    "activations": [f"{name}.{method}" for name in ("ReLU", "GELU", "Sigmoid") for method in ("forward", "backward")],
    "mlp_forward_backward": ["mlp_forward", "mlp_backward", "mlp_forward_backward"],
    "dropout": ["dropout"],
    "weight_decay_step": ["weight_decay_step"],
    "initialization": ["xavier_", "kaiming_"],
    "my_gradcheck": ["my_gradcheck"],
    "k_fold": ["k_fold"],
    "label_shift_weights": ["label_shift_weights", "weighted_risk"],
    "device_placement": ["StandardizedMLP.forward"],
}

#: What an impostor gives, from the inputs and from the right function.
ANSWERS = {
    "None": "None",
    "its first input": "inputs[0]",
    "zeros like its input": "torch.zeros_like(inputs[0]) if isinstance(inputs[0], torch.Tensor) else 0",
    "nothing": "torch.zeros(0)",
    "right in form, all zeros": "zeros(right(*arguments, **options))",
    "right in form, cut to nothing": "emptied(right(*arguments, **options))",
    "always yes": "True",
}

IMPOSTOR = """
import torch

def over(value, change):
    if isinstance(value, torch.Tensor):
        return change(value)
    if isinstance(value, dict):
        return {{k: over(v, change) for k, v in value.items()}}
    if isinstance(value, (list, tuple)):
        return type(value)(over(v, change) for v in value)
    return type(value)() if isinstance(value, (bool, int, float)) else value

def zeros(value):
    return over(value, lambda t: t * 0)

def emptied(value):
    return type(value)() if isinstance(value, (list, tuple, dict)) else over(value, lambda t: t.reshape(-1)[:0])

def impostor(right, of_a_class):
    def answer(*arguments, **options):
        inputs = arguments[of_a_class:]
        return {answer}
    return answer

for name in {names!r}:
    owner, _, method = name.rpartition(".")
    if owner:
        owner = globals()[owner]
        right = getattr(owner, method)
        wrong = impostor(right, True)
        setattr(owner, method, wrong if issubclass(owner, torch.nn.Module) else staticmethod(wrong))
    else:
        globals()[name] = impostor(globals()[name], False)
"""


@pytest.mark.slow
@exercises
@pytest.mark.parametrize("answer", ANSWERS)
def test_an_impostor_earns_nothing(bench: Bench, exercise: str, answer: str):
    if exercise == "weight_decay_step" and answer.startswith("right in form"):
        pytest.skip("what this function does is right, whatever it returns")
    if exercise != "my_gradcheck" and answer == "always yes":
        pytest.skip("no answer to this exercise")
    cell = IMPOSTOR.format(answer=ANSWERS[answer], names=CALLED[exercise])
    result = bench.grade(exercise, rewritten(exercise, cell), CPU_ONLY)
    passed = {c.check for e in result.exercises for c in e.checks if c.earned}
    assert passed == set()
    assert not result.course_faults
