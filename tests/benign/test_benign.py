"""Honest oddities lose nothing: no warning, no progress bar, no duplicated cell costs a point."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.benign.oddities import ODDITIES, answered, release
from torchstone.judge.children import Zygotes
from torchstone.judge.judge import Judge
from torchstone.model import GradingPolicy, JailPolicy, Limits
from torchstone.notebook import read, read_submission, solution_program
from torchstone.secret import PUBLIC_KEY

GRADER = """
import pytest
from torchstone.judge import agree, exercise, points, scenario

pytestmark = exercise("{name}", worlds=["float32", "float64", "strided"])
sizes = pytest.mark.parametrize("n, d, k", [(5, 3, 2), (4, 4, 4)])
"""
CHECKS = {
    "forward": '''
@points(2)
@sizes
def test_forward(student, draw, n, d, k):
    """Forward"""
    agree(student.forward(draw(n, d), draw(d, k)))
''',
    "gradient": '''
@points(2)
@sizes
def test_gradient(student, draw, n, d, k):
    """Gradient"""
    agree(student.gradient(draw(n, d), draw(d, k), draw(n, k)))
''',
    "count": '''
@points(2)
def test_count(student, draw):
    """Count"""
    agree(student.count(draw.words(9)))
''',
}
LIMITS = Limits(cpu_seconds=5.0, wall_factor=6.0)


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    graders = tmp_path_factory.mktemp("graders")
    week = graders / "week01"
    week.mkdir()
    for name, text in CHECKS.items():
        (week / f"test_{name}.py").write_text(GRADER.format(name=name) + text)
    preload = ("matplotlib.pyplot",)
    policy = GradingPolicy(JailPolicy(limits=LIMITS, preload=preload), PUBLIC_KEY, scored_devices=("cpu",))
    zygotes = Zygotes(policy.jail)
    with Judge(Path(graders), policy, zygotes=zygotes) as made:
        made.know(solution_program(read(_bytes(answered())), "week01"))
        yield made
    zygotes.close()


def _bytes(notebook: dict[str, object]) -> bytes:
    import json

    return json.dumps(notebook).encode()


@pytest.mark.parametrize("name", ODDITIES)
def test_an_honest_oddity_loses_nothing(
    judge: Judge, name: str, record_property: Callable[[str, object], None]
) -> None:
    reading = read_submission(ODDITIES[name](answered()), read(_bytes(release())), "week01")
    result = judge.grade(reading.program)
    record_property("benign", name)
    record_property("lost", result.points - result.earned)
    told = [(c.check, c.verdict.message) for e in result.exercises for c in e.checks if c.verdict]
    assert result.earned == result.points, (told, reading.repairs, result.broken_cells)
    assert result.complete
