"""Points do not depend on the seed: 20 seeds here, on 1 and 2 threads; `python -m benchmarks.flakiness` takes 200.

Here stand the exercises that were once found steady (`graders/kept/`): one that changed is graded again. The bench adds
others to them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from torchstone import config
from torchstone.contracts.bench import Bench, notebook_exercises, weeks
from torchstone.contracts.flakiness import all_programs, digest_of, steady
from torchstone.contracts.kept import Kept
from torchstone.contracts.scaffold import scaffold

COURSE = config.load(Path(__file__).parents[2])
SEEDS = 20


def once_steady() -> list[tuple[str, str]]:
    """Week and exercise."""
    files = {week: COURSE.graders / "kept" / f"{week}-flakiness.json" for week in weeks(COURSE)}
    found = {week: path.read_text() for week, path in files.items() if path.exists()}
    return [(w, e) for w, text in found.items() for e in notebook_exercises(COURSE, w) if f'"{e}"' in text]


@pytest.mark.slow
@pytest.mark.parametrize(("week", "exercise"), once_steady())
def test_points_do_not_depend_on_the_seed(week: str, exercise: str):
    with Bench(COURSE, week) as bench:
        known = Kept(COURSE, week, "flakiness").get(exercise, digest_of(bench, exercise))
        if known.get("seeds", 0) < SEEDS:
            assert steady(bench, exercise, SEEDS).flaky == ()


def test_a_check_that_depends_on_the_seed_is_named(tmp_path: Path):
    (tmp_path / "course_config.py").write_text((COURSE.root / "course_config.py").read_text())
    course = config.load(tmp_path)
    scaffold(course, "week14")
    grader = course.graders / "week14" / "test_linear.py"
    steady_text = grader.read_text()
    grader.write_text(
        steady_text.replace(
            "    agree(student.linear(draw(n, d), draw(d, k), draw(k)), scale=OPERANDS)",
            "    agree(student.linear(draw(n, d), draw(d, k), draw(k) * (draw.number(0, 1) > 0.5)), scale=OPERANDS)",
        )
    )
    with Bench(course, "week14") as bench:
        assert len(all_programs(bench, "linear")) == 1 + 2 + 5
        found = steady(bench, "linear", seeds=6, threads=(1,))
        assert [line.split(":")[0] for line in found.flaky] == ["«bias forgotten»"]
        assert "test_value turned round with seed" in found.flaky[0]
        before = digest_of(bench, "linear")
    grader.write_text(steady_text)
    with Bench(course, "week14") as bench:
        assert digest_of(bench, "linear") != before
