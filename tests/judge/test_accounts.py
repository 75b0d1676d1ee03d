"""Device mistakes explained: the cell, the line, and what to do there; and code that says `cuda`."""

from __future__ import annotations

from typing import Any

import pytest

from torchstone.judge.probe import ACCELERATOR
from torchstone.model import CheckResult, Stage

SOLUTION = """
# %% helpers
import torch
# %% e
def f(x):
    return x + torch.ones(x.shape[-1], dtype=x.dtype, device=x.device)
"""


@pytest.fixture
def on_accelerator(bench: Any) -> Any:
    """Grades `e` as written, and gives its device check."""
    bench.week(bench.one("agree(student.f(draw(2, 3)))"))

    def check(answer: str) -> CheckResult:
        result = bench.grade("# %% helpers\nimport torch\n# %% e\n" + answer, SOLUTION, bench.everywhere)
        found: CheckResult = bench.checks(result)[ACCELERATOR]
        return found

    return check


@pytest.mark.parametrize(
    ("answer", "line", "says"),
    [
        ("def f(x):\n    n = x.shape[-1]\n    one = torch.ones(n, dtype=x.dtype)\n    return x + one\n", 3, "`one`"),
        ("ONES = torch.ones(3)\ndef f(x):\n    return x + ONES.to(x.dtype)\n", 1, "`device=x.device`"),
        ("def f(x):\n    y = x + 1\n    return y.cpu()\n", 3, "came back on the CPU"),
        ("def f(x):\n    return torch.tensor((x + 1).tolist(), dtype=x.dtype)\n", 2, "came back on the CPU"),
        ("def f(x):\n    return torch.from_numpy(x.numpy() + 1).to(x)\n", 2, "NumPy"),
    ],
)
def test_the_line_of_the_mistake_and_what_to_do(on_accelerator: Any, answer: str, line: int, says: str) -> None:
    check = on_accelerator(answer)
    assert check.status == "failed"
    assert check.verdict.stage is Stage.DEVICE
    assert (check.verdict.where.cell, check.verdict.where.line) == ("cell 2", line)
    assert check.verdict.where.code == answer.splitlines()[line - 1].strip()
    assert says in check.verdict.hint.text


def test_an_attribute_should_have_been_a_buffer(bench: Any) -> None:
    bench.week(
        """
        @scenario
        def shifted(code, x):
            net = code.Shift()
            return net.to(x.device, x.dtype)(x)

        @points(1)
        def test_shift(student, draw):
            \"""Shifts\"""
            agree(shifted(student, draw(2, 3)))
        """
    )
    module = """
    # %% helpers
    import torch
    # %% e
    class Shift(torch.nn.Module):
        def __init__(self):
            super().__init__()
            {register}
        def forward(self, x):
            return x + self.shift.to(x.dtype)
    """
    solution = module.format(register="self.register_buffer('shift', torch.ones(3))")
    result = bench.grade(module.format(register="self.shift = torch.ones(3)"), solution, bench.everywhere)
    verdict = bench.checks(result)[ACCELERATOR].verdict
    assert verdict.where.code == "self.shift = torch.ones(3)"
    assert 'self.register_buffer("shift", ...)' in verdict.hint.text


def test_code_that_asks_whether_there_is_cuda_is_right(on_accelerator: Any) -> None:
    check = on_accelerator(
        "DEVICE = 'cuda' if torch.cuda.is_available() else 'cpu'\n"
        "def f(x):\n    return x + torch.ones(3, dtype=x.dtype, device=DEVICE)\n"
    )
    assert check.status == "passed"


def test_a_device_named_for_inputs_that_are_not_on_the_cpu(on_accelerator: Any) -> None:
    """It is right on a machine with CUDA. The simulated device has another name, and poses as CUDA for it."""
    named = (
        "def f(x):\n    one = torch.ones(3, dtype=x.dtype)\n    return x + (one if x.device.type == 'cpu' else one{})\n"
    )
    right = on_accelerator(named.format(".cuda()"))
    assert (right.status, right.staff) == ("passed", None)
    wrong = on_accelerator(named.format(".to('mps')"))
    assert (wrong.status, wrong.verdict.where.line) == ("failed", 3)
    assert "Take the device from the input, `x.device`" in wrong.verdict.hint.text


def test_a_gradient_that_is_made_on_the_cpu(bench: Any) -> None:
    """Without an operation that would mix devices: torch looks at what an own `backward` gives."""
    bench.week(bench.one("agree(vjp(student.f, draw(2, 3), up=draw(2, 3)))"))
    answer = (
        "class Plus(torch.autograd.Function):\n"
        "    @staticmethod\n"
        "    def forward(ctx, x):\n"
        "        return x + 1\n"
        "    @staticmethod\n"
        "    def backward(ctx, upstream):\n"
        "        slope = torch.empty(upstream.shape, dtype=upstream.dtype)\n"
        "        slope[:] = upstream\n"
        "        return slope\n"
        "def f(x):\n"
        "    return Plus.apply(x)\n"
    )
    result = bench.grade("# %% helpers\nimport torch\n# %% e\n" + answer, SOLUTION, bench.everywhere)
    check = bench.checks(result)[ACCELERATOR]
    assert "Function PlusBackward returned an invalid gradient at index 0" in check.verdict.message
    assert (check.verdict.where.line, check.verdict.hint.text[:13]) == (7, "Give the tens")


def test_code_that_asks_for_cuda_and_is_wrong_there_too(on_accelerator: Any) -> None:
    check = on_accelerator(
        "DEVICE = 'cuda' if torch.cuda.is_available() else 'cpu'\n"
        "def f(x):\n    return x + torch.ones(3, dtype=x.dtype)\n"
    )
    assert check.status == "failed"
    assert check.verdict.where.line == 3


@pytest.mark.parametrize("answer", ["return x.cuda() + 1", "return x + torch.ones(3, device='cuda')"])
def test_a_device_asked_for_by_name_is_told_on_the_cpu(bench: Any, answer: str) -> None:
    bench.week(bench.one("agree(student.f(draw(2, 3)))"))
    result = bench.grade(f"# %% helpers\nimport torch\n# %% e\ndef f(x):\n    {answer}\n", SOLUTION)
    check = bench.checks(result)["a"]
    assert check.status == "failed"
    assert "`x.device`" in check.verdict.hint.text


def test_what_the_program_tells_of_itself_is_bounded(on_accelerator: Any) -> None:
    """A program that rewrites the explanation changes words that only its own author reads."""
    check = on_accelerator(
        "import sys\n"
        "words = sys.modules.get('torchstone.sim.explanation')\n"
        "if words:\n    words._advise = lambda *a: '<b>' + 'x' * 10_000\n"
        "def f(x):\n    return x + torch.ones(3, dtype=x.dtype)\n"
    )
    assert check.status == "failed"
    assert check.earned == 0
    assert len(check.verdict.hint.text) <= 600
