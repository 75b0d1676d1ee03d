"""`Judge` as a whole: what a result is made of, whose it is, and that nothing of the graders is in it."""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import sys
import warnings
from pathlib import Path
from typing import Any, NoReturn

import pytest

from torchstone.errors import CourseError, CourseFault, JailError
from torchstone.jail import Zygote
from torchstone.jail.zygote import Simulated
from torchstone.judge.children import Zygotes
from torchstone.judge.keys import result_key
from torchstone.model import DrawKey, Result

Bench = Any  # the fixture of conftest.py

TWO = """
    @points(2)
    @pytest.mark.parametrize("n", [3, 5])
    def test_a(student, draw, n):
        \"\"\"The sum\"\"\"
        agree(vjp(student.f, draw(n, 2), up=draw(n)))

    @points(1)
    def test_b(student, draw):
        \"\"\"The product\"\"\"
        assert student.g(draw(3)).shape == (3,), "a number for each entry"
    """
SOLUTION = "# %% e\ndef f(x): return x.sum(1)\ndef g(x): return x * x\n"
WRONG = "# %% e\ndef f(x):\n    print('hello')\n    return x.sum(1) + 1e-2\ndef g(x): raise ValueError('no')\n"


def timeless(result: Result) -> Result:
    return dataclasses.replace(result, cpu_seconds=0.0)


def test_the_same_program_gives_the_same_result(bench: Bench) -> None:
    bench.week(TWO)
    judge, other = bench.judge(), bench.judge()
    wrong, solution = bench.program(WRONG), bench.program(SOLUTION)
    first = judge.diagnose(wrong, judge.grade(wrong, solution))
    judge.grade(solution)
    again = judge.diagnose(wrong, judge.grade(wrong, solution))
    elsewhere = other.diagnose(wrong, other.grade(wrong, solution))
    assert timeless(first) == timeless(again) == timeless(elsewhere)
    assert first.earned == 0
    assert first.points == 4


def test_a_result_says_what_it_depends_on(bench: Bench) -> None:
    week = bench.week(TWO)
    program = bench.program(SOLUTION)
    result = bench.judge().grade(program, program)
    assert result.assignment == "week01"
    assert result.program == program.digest
    assert result.key == result_key(program, week, bench.everywhere, result.tier, program)
    assert (result.fingerprint, result.round, result.devices) == ("public", "public", ("cpu", "sim"))
    assert not result.trusted
    assert not result.diagnosed
    assert result.cpu_seconds > 0


def test_nothing_of_the_graders_is_in_a_result(bench: Bench) -> None:
    """Canaries in every place that a student could hope to read of."""
    bench.week(
        """
        CANARY = "canary-of-the-test"

        @points(1)
        @pytest.mark.parametrize("n, want", [(3, "canary-of-a-parameter")])
        def test_a(student, draw, n, want):
            \"\"\"The values\"\"\"
            # canary-of-a-comment
            agree(student.f(draw(n)))

        @points(1)
        def test_b(student, draw):
            \"\"\"A property\"\"\"
            x = student.g(draw(3))
            assert CANARY and x.numel() == 3 and "canary" not in str(x)

        @points(1)
        def test_c(student, draw):
            \"\"\"A text\"\"\"
            agree(student.h(3), "canary-of-an-expected-value")

        @points(1)
        def test_d(student, draw):
            \"\"\"A table\"\"\"
            agree(student.table(3))
        """,
        reference="""
        CANARY = "canary-of-the-reference"
        def f(x):
            \"\"\"canary\"\"\"
            return x * 0 + 0.0625
        def g(x): return x
        def h(n): return "canary-of-an-expected-value"
        def table(n): return {"canary of a key": "canary-of-a-value"}
        """,
        misconceptions="""
        from torchstone.judge import edit, misconception
        canary_of_a_misconception = misconception("e", edit("x", "(x + 1)"), "A hint")
        """,
    )
    submission = """
        # %% e
        def f(x): return x * 0 + 1
        def g(x): return x[:2]
        def h(n): return "text"
        def table(n): return {"my key": 1}
        """
    result = bench.grade(submission, "# %% e\ndef f(x): return x\n", bench.everywhere)
    assert result.earned == 0
    assert not result.course_faults
    assert "canary" not in repr(result)
    assert "0.0625" not in repr(result)


def test_inputs_depend_on_the_key_and_the_round(bench: Bench) -> None:
    """A student who prints what they get sees other inputs under another key."""
    bench.week(TWO)
    spy = "# %% e\ndef f(x): raise ValueError(str(x.tolist()))\ndef g(x): return x\n"
    other = dataclasses.replace(bench.cpu_only, key=DrawKey(b"another", "b", "2"))
    texts = {bench.said(bench.checks(bench.grade(spy, SOLUTION, p))["a"]) for p in (bench.cpu_only, other)}
    assert len(texts) == 2


def test_an_accelerator_that_is_missing_makes_a_result_incomplete(bench: Bench, monkeypatch: Any) -> None:
    bench.week(TWO)

    def refuse(zygote: Zygote, profile: Simulated) -> NoReturn:
        raise JailError("no simulated accelerator in this torch")

    monkeypatch.setattr(Zygote, "branch", refuse)
    with contextlib.closing(Zygotes(bench.everywhere.jail)) as zygotes:
        result = bench.judge(zygotes=zygotes).grade(bench.program(SOLUTION), bench.program(SOLUTION))
    check = bench.checks(result)["accelerator"]
    assert (check.status, check.earned, check.points) == ("incomplete", 0, 1)
    assert result.missing_devices == ("sim",)
    assert not result.complete
    assert result.earned == 3  # the CPU's checks are what they are


@pytest.mark.skipif(Path("/dev/nvidiactl").exists(), reason="there is a CUDA device here")
def test_a_scored_card_that_is_missing_makes_a_result_incomplete(bench: Bench) -> None:
    bench.week(TWO)
    policy = dataclasses.replace(bench.everywhere, scored_devices=("cpu", "sim", "cuda"))
    result = bench.judge(policy).grade(bench.program(SOLUTION), bench.program(SOLUTION))
    check = bench.checks(result)["accelerator"]
    assert (check.status, check.earned) == ("incomplete", 0)
    assert "no CUDA device here" in str(check.staff)
    assert result.missing_devices == ("cuda",)
    assert not result.complete
    assert result.earned == 3


@pytest.mark.skipif(Path("/dev/nvidiactl").exists(), reason="there is a CUDA device here")
def test_an_advisory_device_is_told_to_staff_and_gives_no_points(bench: Bench) -> None:
    bench.week(TWO)
    policy = dataclasses.replace(bench.everywhere, advisory_devices=("cuda",))
    result = bench.judge(policy).grade(bench.program(SOLUTION), bench.program(SOLUTION))
    check = bench.checks(result)["accelerator"]
    assert (check.status, result.earned, result.complete) == ("passed", 4, True)
    assert "cuda (advisory): no CUDA device here" in str(check.staff)


def test_an_exercise_has_a_budget(bench: Bench) -> None:
    limits = dataclasses.replace(bench.cpu_only.jail.limits, exercise_cpu_seconds=0.4)
    policy = dataclasses.replace(bench.cpu_only, jail=dataclasses.replace(bench.cpu_only.jail, limits=limits))
    bench.week("".join(bench.one("agree(student.f(draw(3)))", n) for n in "abcd"))
    slow = (
        "# %% e\nimport time\ndef f(x):\n    t = time.process_time()\n    while time.process_time() < t + 0.15: pass\n"
    )
    result = bench.grade(slow + "    return x\n", "# %% e\ndef f(x): return x\n", policy)
    statuses = [c.status for c in result.exercises[0].checks[:4]]
    assert statuses[0] == "passed"
    assert statuses[-1] == "skipped"
    assert "time for this exercise was used up" in bench.said(bench.checks(result)["d"])


def test_a_timeout_is_tried_once_more(bench: Bench) -> None:
    """A sleeper is ended by the clock; the second try, in a fresh child, counts."""
    bench.week(bench.one("agree(student.f(draw(3)))"))
    limits = dataclasses.replace(bench.cpu_only.jail.limits, wall_factor=0.6)
    policy = dataclasses.replace(bench.cpu_only, jail=dataclasses.replace(bench.cpu_only.jail, limits=limits))
    result = bench.grade("# %% e\nimport time\ndef f(x): time.sleep(9)\n", "# %% e\ndef f(x): return x\n", policy)
    assert "no answer within 0.6 s" in bench.said(bench.checks(result)["a"])
    assert bench.checks(result)["a"].probes == 1


def test_nothing_is_left_in_the_process(bench: Bench) -> None:
    bench.week(TWO)
    judge, program = bench.judge(), bench.program(SOLUTION)
    judge.grade(program, program)
    modules = set(sys.modules)
    filters = list(warnings.filters)
    judge.grade(program, program)
    assert {m for m in sys.modules if "grader" in m or "test_it" in m or "secret" in m} <= modules
    assert not {m for m in sys.modules if "test_it" in m}
    assert warnings.filters == filters


def test_memory_stays_flat(bench: Bench) -> None:
    """What a submission brought is gone with it: the number of objects settles."""
    bench.week(TWO)
    judge, solution = bench.judge(bench.cpu_only), bench.program(SOLUTION)

    def count(start: int) -> int:
        for i in range(start, start + 4):
            program = bench.program(WRONG + f"# {i}\n")
            judge.diagnose(program, judge.grade(program, solution))
        gc.collect()
        return len(gc.get_objects())

    count(0)
    before = count(4)
    assert count(8) - before < 400


def test_a_diagnosis_of_another_program_grades_it_again(bench: Bench) -> None:
    bench.week(
        bench.one("agree(student.f(draw(3)))"),
        misconceptions="""
        from torchstone.judge import edit, misconception
        wrong_sign = misconception("e", edit("x + 1", "x - 1"), "Which sign?")
        """,
    )
    judge, solution = bench.judge(), bench.program("# %% e\ndef f(x): return x + 1\n")
    wrong = bench.program("# %% e\ndef f(x): return -1 + x\n")
    scored = judge.grade(wrong, solution)
    judge.grade(solution)
    told = judge.diagnose(wrong, scored)
    verdict = bench.checks(told)["a"].verdict
    assert verdict is not None
    assert verdict.hint is not None
    assert verdict.hint.name == "wrong sign"
    assert told.earned == scored.earned


def test_a_week_that_there_is_not(bench: Bench) -> None:
    bench.week(TWO)
    program = dataclasses.replace(bench.program(SOLUTION), assignment="week99")
    with pytest.raises(CourseError, match="no graders for week99"):
        bench.judge().grade(program)


def test_a_reference_that_cannot_be_loaded_is_told_and_costs_no_student(bench: Bench) -> None:
    bench.week(TWO, reference="raise ValueError('broken')")
    result = bench.judge().grade(bench.program(SOLUTION), bench.program(SOLUTION))
    assert {c.status for c in result.exercises[0].checks} == {"course_fault"}
    assert "reference.py of week01 raises ValueError" in str(result.course_faults[0].staff)


def test_broken_misconceptions_harm_no_score(bench: Bench) -> None:
    bench.week(TWO, misconceptions="raise ValueError('broken')")
    judge, wrong = bench.judge(), bench.program(WRONG)
    scored = judge.grade(wrong, bench.program(SOLUTION))
    told = judge.diagnose(wrong, scored)
    assert told.diagnosed
    assert told.exercises == scored.exercises


def test_two_checks_of_one_name_are_refused(bench: Bench) -> None:
    week = bench.week(TWO)
    (week / "test_more.py").write_text(bench.head + "\n" + bench.one("agree(student.f(draw(3)))"))
    with pytest.raises(CourseFault, match="two checks called test_a"):
        bench.judge().grade(bench.program(SOLUTION), bench.program(SOLUTION))


def test_a_check_that_changes_its_parameters_changes_them_for_itself_alone(bench: Bench) -> None:
    """pytest makes the parameters once for all submissions of a judge."""
    bench.week(
        """
        @points(1)
        @pytest.mark.parametrize("sizes", [[3, 2]])
        def test_a(student, draw, sizes):
            \"\"\"Title\"\"\"
            agree(student.f(draw(sizes.pop(), sizes.pop())))
        """
    )
    judge = bench.judge(bench.cpu_only)
    judge.know(bench.program("# %% e\ndef f(x): return 2 * x"))
    earned = [judge.grade(bench.program(f"# %% e\ndef f(x): return {how}")).earned for how in ("x + x", "x", "x * 2")]
    assert earned == [2.0, 0.0, 2.0]
