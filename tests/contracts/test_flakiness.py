"""Points do not depend on the seed: 20 seeds here, on 1 and 2 threads; `python -m benchmarks.flakiness` takes 200.

What was found of an exercise that has not changed since is kept in `graders/kept/`; one that changed is graded again.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from torchstone import config
from torchstone.contracts.bench import Bench, notebook_exercises, weeks
from torchstone.contracts.flakiness import all_programs, digest_of, graded, kept, steady
from torchstone.contracts.scaffold import scaffold

COURSE = config.load(Path(__file__).parents[2])
SEEDS = 20


@pytest.fixture(scope="module")
def benches() -> Iterator[dict[str, Bench]]:
    opened = {week: Bench(COURSE, week) for week in weeks(COURSE)}
    yield opened
    for bench in opened.values():
        bench.close()


@pytest.mark.parametrize(("week", "exercise"), [(w, e) for w in weeks(COURSE) for e in notebook_exercises(COURSE, w)])
def test_points_do_not_depend_on_the_seed(benches: dict[str, Bench], week: str, exercise: str):
    known = kept(COURSE, week).get(exercise, digest_of(benches[week], exercise))
    if known.get("seeds", 0) < SEEDS:
        ((_, found),) = graded(COURSE, week, [exercise], SEEDS)
        assert found.flaky == ()


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
        assert found.caught["bias gradient is a mean"] == ("test_gradients",)
        known = {"seeds": 5, "caught": {name: checks for name, checks in found.caught.items() if "bias f" not in name}}
        further = steady(bench, "linear", seeds=6, threads=(1,), known=known)
        assert (further.seeds, further.caught["bias gradient is a mean"]) == (6, ("test_gradients",))
        assert further.flaky[0].endswith("with seed 5 on 1 threads")
        before = digest_of(bench, "linear")
    grader.write_text(steady_text)
    with Bench(course, "week14") as bench:
        assert digest_of(bench, "linear") != before
