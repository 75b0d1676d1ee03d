"""What the vocabulary promises, tried on small weeks made for the purpose, over the real jail."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest

from torchstone.errors import CourseFault

Bench = Any  # the fixture of conftest.py


def test_solution_in_full_and_stub_in_nothing(bench: Bench) -> None:
    bench.week(
        bench.one("agree(vjp(student.f, draw(3, 2), up=draw(3)))", points=2)
        + bench.one("agree(student.f(draw(1, 1)))", "b")
    )
    solution = "# %% e\ndef f(x): return x.sum(1)\n"
    full = bench.grade(solution, solution, bench.everywhere)
    assert (full.earned, full.points, full.complete) == (4, 4, True)
    assert {c.status for c in full.exercises[0].checks} == {"passed"}
    empty = bench.grade("# %% e\ndef f(x): raise NotImplementedError()\n", solution, bench.everywhere)
    assert (empty.earned, empty.points, empty.complete) == (0, 4, True)
    assert "not written yet" in bench.said(bench.checks(empty)["a"])
    assert bench.checks(empty)["accelerator"].status == "skipped"


def test_a_check_is_all_or_nothing_and_its_title_is_the_docstring(bench: Bench) -> None:
    bench.week("""
        @points(3)
        @pytest.mark.parametrize("n", [2, 3])
        def test_a(student, draw, n):
            \"\"\"A title\"\"\"
            agree(student.f(draw(n)))
        """)
    result = bench.grade("# %% e\ndef f(x): return x if len(x) == 2 else x + 1\n", "# %% e\ndef f(x): return x\n")
    check = bench.checks(result)["a"]
    assert (check.title, check.earned, check.points, check.probes) == ("A title", 0, 3, 4)  # n=3 fails once, in float32
    assert check.verdict is not None
    assert check.verdict.probe == "n = 3"


def test_a_crash_or_a_timeout_leaves_the_next_check_unharmed(bench: Bench) -> None:
    head = bench.head.replace(", accelerator=1", "")
    good = "def good(x): return x + 1\n"
    for exercise, names in (("e", ("loop", "flood")), ("d", ("crash", "leave"))):
        text = head.replace('"e"', f'"{exercise}"')
        text += "".join(bench.one(f"agree(student.{n}(draw(3)))", n) for n in (*names, "good"))
        bench.week("", head="")
        (bench.folder / "graders" / "week01" / f"test_{exercise}.py").write_text(text)
    (bench.folder / "graders" / "week01" / "test_it.py").unlink()
    submission = """
        # %% e
        import os, ctypes
        def loop(x):
            while True: pass
        def crash(x): ctypes.string_at(0)
        def leave(x): os._exit(0)
        def flood(x):
            while True: print("x" * 100000)
        """
    solution = "".join(f"def {n}(x): return x + 1\n" for n in ("loop", "flood", "crash", "leave"))
    result = bench.grade(textwrap.dedent(submission) + good, "# %% e\n" + solution + good)
    got = bench.checks(result)
    assert "no answer within 1 s of computing" in bench.said(got["loop"])
    assert "it printed without end" in bench.said(got["flood"])
    assert "ended before it answered" in bench.said(got["crash"])
    assert "ended before it answered" in bench.said(got["leave"])
    # after two deaths the third check of each exercise is not tried
    assert [c.status for e in result.exercises for c in e.checks] == ["failed", "failed", "skipped"] * 2
    assert "2 checks of this exercise ended the program" in bench.said(got["good"])


def test_one_death_costs_one_check(bench: Bench) -> None:
    bench.week(bench.one("agree(student.f(draw(3)))") + bench.one("agree(student.g(draw(3)))", "b"))
    submission = "# %% e\nimport os\ndef f(x): os._exit(0)\ndef g(x): return x\n"
    result = bench.grade(submission, "# %% e\ndef f(x): return x\ndef g(x): return x\n")
    assert [c.status for c in result.exercises[0].checks[:2]] == ["failed", "passed"]


def test_a_students_exception_shows_their_cell_and_line(bench: Bench) -> None:
    bench.week(bench.one("agree(student.f(draw(3)))"))
    submission = """
        # %% setup
        import torch
        # %% e
        def helper(x):
            return x @ x.T @ x[:2]

        def f(x):
            return helper(x)
        """
    verdict = bench.checks(bench.grade(submission, "# %% e\ndef f(x): return x\n"))["a"].verdict
    assert verdict is not None
    assert verdict.where is not None
    assert (verdict.where.cell, verdict.where.line, verdict.where.code) == ("cell 2", 2, "return x @ x.T @ x[:2]")
    assert verdict.message.startswith("RuntimeError: both arguments to matmul need to be at least 1D")


def test_a_broken_cell_costs_only_its_own(bench: Bench) -> None:
    bench.week(bench.one("agree(student.f(draw(3)))") + bench.one("agree(student.g(draw(3)))", "b"))
    submission = "# %% e\ndef f(x) return x\n# %% two\ndef g(x): return x\n"
    result = bench.grade(submission, "# %% e\ndef f(x): return x\ndef g(x): return x\n")
    assert bench.checks(result)["b"].status == "passed"
    assert "cell 1 failed: SyntaxError" in bench.said(bench.checks(result)["a"])
    assert [b.cell for b in result.broken_cells] == ["cell 1"]


def test_a_cell_that_hangs_or_kills_while_loading_is_left_out(bench: Bench) -> None:
    bench.week(bench.one("agree(student.f(draw(3)))"))
    submission = "# %% one\nimport os\nos._exit(3)\n# %% e\ndef f(x): return x\n# %% three\nwhile True: pass\n"
    result = bench.grade(submission, "# %% e\ndef f(x): return x\n")
    assert bench.checks(result)["a"].status == "passed"
    assert [b.cell for b in result.broken_cells] == ["cell 1", "cell 3"]
    assert all("left out" in b.message for b in result.broken_cells)


def test_a_program_full_of_killers_is_given_up(bench: Bench) -> None:
    bench.week(bench.one("agree(student.f(draw(3)))"))
    submission = "".join(f"# %% c{i}\nimport os; os._exit(0)\n" for i in range(9)) + "# %% e\ndef f(x): return x\n"
    result = bench.grade(submission, "# %% e\ndef f(x): return x\n")
    assert "the notebook's cells could not be run" in bench.said(bench.checks(result)["a"])


JUNK = [
    "None", "object()", "[1, [2]]", "float('nan')", "x[:1]", "x.double()", "lambda: 1", "x.to_sparse()", "'text'", "()",
    "{}", "{'a': x}", "type('E', (), {'__eq__': lambda s, o: True})()", "x.new_zeros(0)", "10**400", "print", "x > 0",
    "torch.nn.Linear(2, 2)", "iter([x])", "(x,) * 3", "x.tolist()", "x.numpy()", "[x] * 10**6", "exit()", "x * 1j",
]  # fmt: skip


@pytest.mark.parametrize("junk", JUNK)
def test_junk_is_the_students_fault_and_never_a_course_fault(bench: Bench, junk: str) -> None:
    bench.week("""
        @points(1)
        def test_a(student, draw):
            \"\"\"Title\"\"\"
            y = student.f(draw(3, 2))
            assert y.shape[1] == 2
            agree(y.sum(0) + y[0, 1])
            agree(y)
            for row in y:
                assert len(row) == 2
        """)
    result = bench.grade(f"# %% e\nimport torch\ndef f(x): return {junk}\n", "# %% e\ndef f(x): return x\n")
    assert bench.checks(result)["a"].status == ("failed" if junk != "x.numpy()" else "passed")  # the wire takes arrays
    assert not result.course_faults


def test_an_empty_result_does_not_skip_the_check(bench: Bench) -> None:
    bench.week("""
        @points(1)
        def test_a(student, draw):
            \"\"\"Compared in a loop\"\"\"
            for row in student.f(draw(3, 2)):
                agree(row)

        @points(1)
        def test_b(student, draw):
            \"\"\"Asserted in a loop\"\"\"
            for row in student.f(draw(3, 2)):
                assert len(row) == 2
        """)
    result = bench.grade("# %% e\ndef f(x): return x[:0]\n", "# %% e\ndef f(x): return x\n")
    assert "fewer results" in bench.said(bench.checks(result)["a"])
    assert "nothing to check" in bench.said(bench.checks(result)["b"])


def test_what_fails_on_the_reference_is_the_courses_fault(bench: Bench) -> None:
    grader = (
        bench.one("assert student.f(draw(3)).shape == (4,)")
        + bench.one("agree(student.g(draw(2)))", "b")
        + bench.one("student.f(draw(3))", "c")
        + bench.one("agree(student.f(draw(30)) * 1e8 % 1)", "d")
        + bench.one("agree(student.f(draw(3)))", "e", points=5)
        + bench.one("agree(student.f(lambda: 1))", "f")
        + bench.one("agree(student.f(draw(3)), 7)", "g")
    )
    bench.week(grader)
    result = bench.grade("# %% e\ndef f(x): return x\n", "# %% e\ndef f(x): return x\n")
    got = bench.checks(result)
    assert {n for n, c in got.items() if c.status == "course_fault"} == {"a", "b", "c", "d", "f", "g"}
    assert "fails on the reference" in str(got["a"].staff)
    assert "nothing called `g`" in str(got["b"].staff)
    assert "compares nothing" in str(got["c"].staff)
    assert "ill-conditioned" in str(got["d"].staff)
    assert not result.complete
    assert result.earned == 5  # the other checks still count
    assert all(c.verdict is None for c in got.values() if c.status == "course_fault")  # nothing a student could read


def test_changing_an_input_is_seen_unless_the_name_says_so(bench: Bench) -> None:
    bench.week(bench.one("agree(student.f(draw(30)))") + bench.one("agree(student.f_(draw(30)))", "b"))
    result = bench.grade(
        "# %% e\ndef f(x): return x.relu_()\ndef f_(x): return x.relu_()\n",
        "# %% e\ndef f(x): return x.relu()\ndef f_(x): return x.relu()\n",
    )
    verdict = bench.checks(result)["a"].verdict
    assert verdict is not None
    assert (verdict.stage, verdict.basis) == ("inputs", "self-reported")
    assert bench.checks(result)["b"].status == "passed"


def test_generators_give_the_same_stream_on_both_sides(bench: Bench) -> None:
    grader = """
        @scenario
        def draws(code, g):
            return [code.f(g) for _ in range(2)]

        @points(1)
        def test_a(student, draw):
            \"\"\"Title\"\"\"
            agree(draws(student, draw.generator()))
        """
    solution = """
        # %% e
        import torch
        def f(g):
            return [torch.randperm(20, generator=g), torch.rand(33, generator=g), torch.randn(17, generator=g),
                    torch.bernoulli(torch.full((50,), .3), generator=g),
                    torch.multinomial(torch.ones(9), 5, generator=g)]
        """
    bench.week(grader)
    assert bench.checks(bench.grade(solution, solution))["a"].status == "passed"


@pytest.mark.parametrize(
    ("text", "fails_in"),
    [
        ("x @ x.T", None),
        ("x.float() @ x.T.float()", "float64"),
        ("x.view(-1).view(3, 4) @ x.T", "strided"),
        ("__import__('torch').eye(3, dtype=x.dtype) @ (x @ x.T)", "accelerator"),
        ("(x @ x.T).cpu()", "accelerator"),
        ("__import__('torch').from_numpy(x.numpy()) @ x.T", "accelerator"),
    ],
)
def test_the_worlds_reach_the_student(bench: Bench, text: str, fails_in: str | None) -> None:
    bench.week(bench.one("agree(student.f(draw(3, 4), draw(5)))"))
    result = bench.grade(
        f"# %% e\ndef f(x, y): return {text}\n", "# %% e\ndef f(x, y): return x @ x.T\n", bench.everywhere
    )
    failed = [c for e in result.exercises for c in e.checks if c.status == "failed"]
    assert [c.verdict.world for c in failed if c.verdict] == ([fails_in] if fails_in else [])
    if fails_in == "accelerator":
        assert failed[0].check == "accelerator"
        assert failed[0].verdict is not None
        assert (failed[0].verdict.stage, failed[0].verdict.basis) == ("device", "self-reported")


def test_what_fails_on_the_accelerator_for_another_reason_costs_nothing(bench: Bench) -> None:
    bench.week(bench.one("agree(student.f(draw(3)))") + bench.one("agree(student.g(draw(3)))", "b"))
    solution = "# %% e\ndef f(x): return x\ndef g(x): return x\n"
    limited = """# %% e
def f(x):
    if x.device.type != 'cpu': raise RuntimeError('no such kernel')
    return x
def g(x): """
    result = bench.grade(limited + "return x\n", solution, bench.everywhere)
    check = bench.checks(result)["accelerator"]
    assert (check.status, check.earned) == ("passed", 1)
    assert "no such kernel" in str(check.staff)
    # but where nothing could be compared there, nothing is won either: somebody has to look
    result = bench.grade(limited + "return f(x)\n", solution, bench.everywhere)
    check = bench.checks(result)["accelerator"]
    assert (check.status, check.earned, result.complete) == ("incomplete", 0, False)


def test_without_scored_accelerator_its_points_follow_the_cpu(bench: Bench) -> None:
    bench.week(bench.one("agree(student.f(draw(3)))"))
    solution = "# %% e\ndef f(x): return x.cpu()\n"
    assert bench.grade(solution, solution, bench.cpu_only).earned == 2
    assert bench.grade("# %% e\ndef f(x): return x + 1\n", solution, bench.cpu_only).earned == 0


def test_a_cell_that_leaves_a_switch_on_harms_nobody(bench: Bench) -> None:
    bench.week(bench.one("agree(vjp(student.f, draw(3), up=draw(3)))"))
    submission = """
        # %% zero
        import torch
        torch.set_default_dtype(torch.float64); torch.set_grad_enabled(False); torch.manual_seed(7)
        # %% e
        def f(x): return x * torch.ones(3, dtype=x.dtype, device=x.device)
        """
    assert bench.grade(submission, "# %% e\ndef f(x): return x * 1\n", bench.everywhere).earned == 2


def test_a_gradient_that_does_not_arrive_is_told(bench: Bench) -> None:
    bench.week(bench.one("agree(vjp(student.f, draw(3), draw(3), up=draw(3)))"))
    result = bench.grade("# %% e\ndef f(x, y): return x.detach() * y\n", "# %% e\ndef f(x, y): return x * y\n")
    assert (
        bench.said(bench.checks(result)["a"])
        == "[gradient] gradient[0]: no gradient arrives (None); expected a tensor of shape 3"
    )


def test_a_value_of_the_wrong_shape_is_told_before_its_gradient(bench: Bench) -> None:
    bench.week(bench.one("agree(vjp(student.f, draw(3, 2), up=draw(3)))"))
    result = bench.grade("# %% e\ndef f(x): return x.sum()\n", "# %% e\ndef f(x): return x.sum(1)\n")
    assert bench.said(bench.checks(result)["a"]) == "[shape] value: shape a scalar; expected 3"


def test_modules_are_filled_by_shape(bench: Bench) -> None:
    bench.week("""
        @scenario
        def outputs(code, values, x):
            net = code.Net()
            fill(net, values)
            return net(x)

        @points(1)
        def test_a(student, draw):
            \"\"\"Title\"\"\"
            agree(outputs(student, [draw(2, 3), draw(2)], draw(4, 3)))
        """)
    reference = "# %% e\nimport torch.nn as nn\ndef Net(): return nn.Linear(3, 2)\n"
    other = """
        # %% e
        import torch, torch.nn as nn
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.b, self.W = nn.Parameter(torch.zeros(2)), nn.Parameter(torch.zeros(2, 3))
            def forward(self, x): return x @ self.W.T + self.b
        """
    assert bench.checks(bench.grade(other, reference))["a"].status == "passed"
    wrong = bench.grade("# %% e\nimport torch.nn as nn\ndef Net(): return nn.Linear(3, 4)\n", reference)
    assert "[shape] parameters of shapes 4×3, 4; expected 2×3, 2" in bench.said(bench.checks(wrong)["a"])


@pytest.mark.parametrize("spelling", ["(x, -x)", "[x, -x]", "dict(plus=x, minus=-x)", "Named(x, -x)", "Data(x, -x)"])
def test_a_record_may_be_spelled_in_five_ways(bench: Bench, spelling: str) -> None:
    reference = """
        from typing import NamedTuple
        class Pair(NamedTuple):
            plus: object
            minus: object
        def f(x): return Pair(x, -x)
        """
    bench.week(bench.one("agree(student.f(draw(3)))"), reference=reference)
    submission = f"""
        # %% e
        import dataclasses, collections
        Named = collections.namedtuple('Named', 'plus minus')
        @dataclasses.dataclass
        class Data:
            plus: object
            minus: object
        def f(x): return {spelling}
        """
    assert bench.checks(bench.grade(submission, "# %% e\n"))["a"].status == "passed"


def test_a_property_is_told_in_the_graders_words_and_never_as_source(bench: Bench) -> None:
    bench.week(
        bench.one("assert (student.f(draw(3)) > 0).all(), 'every entry is positive'")
        + bench.one("assert student.f(draw(3)).min() > 0", "b")
    )
    result = bench.grade("# %% e\ndef f(x): return -x.abs()\n", "# %% e\ndef f(x): return x.abs() + 1\n")
    assert bench.said(bench.checks(result)["a"]) == "[property] every entry is positive"
    assert bench.said(bench.checks(result)["b"]) == "[property] a property that the exercise asks for does not hold"


def test_warnings_prints_and_progress_bars_cost_nothing(bench: Bench) -> None:
    bench.week(bench.one("agree(student.f(draw(3)))"))
    noisy = """
        # %% e
        import sys, warnings
        print("hello from the cell")
        def f(x):
            warnings.warn("careful"); print("x" * 5000); print("y" * 5000, file=sys.stderr)
            return x
        """
    result = bench.grade(noisy, "# %% e\ndef f(x): return x\n")
    assert bench.checks(result)["a"].status == "passed"
    assert "hello from the cell" in result.output


def test_a_fixture_may_not_draw(bench: Bench) -> None:
    bench.week("""
        @pytest.fixture
        def x(draw):
            return draw(3)

        @points(1)
        def test_a(student, x):
            \"\"\"Title\"\"\"
            agree(student.f(x))
        """)
    result = bench.grade("# %% e\ndef f(x): return x\n", "# %% e\ndef f(x): return x\n")
    assert bench.checks(result)["a"].status == "course_fault"
    assert "a fixture uses `draw`" in str(bench.checks(result)["a"].staff)


@pytest.mark.parametrize(
    ("grader", "mark", "message"),
    [
        ("def test_a(student): pass\n", "pytestmark", "test_it.py::test_a has no points"),
        ("@points(1)\ndef test_a(student): pass\n", "pytestmark", "test_it.py::test_a has no title"),
        ("@points(1)\ndef test_a(student):\n    'Title'\n", "mark", "belongs to no exercise"),
        ("import nothing_like_it\n", "pytestmark", "nothing_like_it"),
        ("", "pytestmark", "there is no check"),
    ],
)
def test_graders_that_cannot_be_collected_stop_the_grading(bench: Bench, grader: str, mark: str, message: str) -> None:
    bench.week(grader, head=bench.head.replace("pytestmark", mark))
    with pytest.raises(CourseFault, match=message):
        bench.grade("# %% e\n", "# %% e\n")
