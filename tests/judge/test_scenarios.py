"""Scenarios: what they may see, and what of them travels."""

from __future__ import annotations

import importlib.util
import textwrap
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from torch import nn

from torchstone.jail import SCENARIO_NAMES
from torchstone.judge import descend, vjp
from torchstone.judge.implementations import Local
from torchstone.judge.scenarios import VISIBLE, scenario

BEFORE = "import os\nimport torch\nfrom torchstone.judge import scenario\nANSWER = 42\n"


@pytest.fixture
def module(tmp_path: Path) -> Any:
    def make(text: str) -> ModuleType:
        path = tmp_path / "graders.py"
        path.write_text(BEFORE + textwrap.dedent(text))
        spec = importlib.util.spec_from_file_location("graders_of_a_test", path)
        assert spec is not None
        assert spec.loader is not None
        made = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(made)
        return made

    return make


def test_the_judge_and_the_jail_agree_on_what_is_visible() -> None:
    assert set(SCENARIO_NAMES) == VISIBLE


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("def f(code): return code.g() == ANSWER", "uses ANSWER"),
        ("def f(code): return os.getcwd()", "uses os"),
        ("def f(code, x=ANSWER): return x", "uses ANSWER"),
        ("def f(code):\n    def g():\n        return ANSWER\n    return g()", "uses ANSWER"),
        ("def f(code): return [ANSWER for _ in range(3)]", "uses ANSWER"),
        ("def f(code):\n    import os\n    return os.getcwd()", "imports"),
        ("def f(code):\n    assert code.g() == 1", "asserts"),
    ],
)
def test_it_sees_only_its_arguments(module: Any, text: str, complaint: str) -> None:
    with pytest.raises(TypeError, match=complaint):
        module(f"@scenario\n{text}\n")


def test_a_closure_is_refused(module: Any) -> None:
    with pytest.raises(TypeError, match="closes over secret"):
        module("def make(secret):\n    @scenario\n    def f(code): return secret\n    return f\nmake(7)\n")


def test_only_functions_are_scenarios() -> None:
    with pytest.raises(TypeError, match="needs a function"):
        scenario(len)


def test_what_only_tells_does_not_travel(module: Any) -> None:
    m = module('''
        @scenario
        def helper(thing):
            """The canary is yellow"""
            return thing

        @scenario
        def f(code, x: "a canary" = None) -> "canary":
            """the wrong one divides by the canary"""
            # a canary
            count: "canary" = 1
            class Local:
                """canary"""
                def method(self) -> "canary":
                    "canary"
            def inner(y: "canary"):
                """canary"""
                return y
            return helper(inner(code.g(x))), count
        ''')
    assert "canary" not in m.f.text
    assert m.f(Local({"g": lambda x: x + 1}), 1) == (2, 1)


def test_helpers_travel_once_and_before(module: Any) -> None:
    m = module("""
        @scenario
        def a(x): return x + 1
        @scenario
        def b(x): return a(x) * 2
        @scenario
        def f(code, x): return a(x), b(x), f.__name__
        """)
    assert m.f.text.count("def a(") == 1
    assert m.f.text.index("def a(") < m.f.text.index("def b(") < m.f.text.index("def f(")
    assert m.f(Local({}), 1) == (2, 4, "f")


def test_inputs_are_copies() -> None:
    def spoil(x: torch.Tensor) -> torch.Tensor:
        return x.zero_()

    x = torch.ones(3)
    Local({"spoil_": spoil}).spoil_(x)
    assert x.sum() == 3


def test_vjp_needs_a_function_of_the_student() -> None:
    with pytest.raises(TypeError, match="needs a function of the student"):
        vjp(torch.relu, torch.ones(2), up=torch.ones(2))  # type: ignore[arg-type]


def test_vjp_pulls_back() -> None:
    code = Local({"f": lambda x, y, k: (x * y * k).sum(1)})
    x, y, up = torch.randn(3, 2), torch.randn(3, 2), torch.randn(3)
    got = vjp(code.f, x, y, 5, up=up)
    torch.testing.assert_close(got["value"], (x * y * 5).sum(1))
    torch.testing.assert_close(got["gradient"][0], up[:, None] * y * 5)
    torch.testing.assert_close(got["gradient"][1], up[:, None] * x * 5)


def test_vjp_of_several_values_and_through_dots() -> None:
    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx: Any, up: torch.Tensor) -> torch.Tensor:
            return 2 * ctx.saved_tensors[0] * up

    x, up = torch.randn(3), torch.randn(3)
    code = Local({"Square": Square, "two": lambda x: (x + 1, 2 * x)})
    torch.testing.assert_close(vjp(code.Square.apply, x, up=up)["gradient"][0], 2 * x * up)
    torch.testing.assert_close(vjp(code.two, x, up=[up, up])["gradient"][0], 3 * up)


def test_vjp_of_what_cannot_be_pulled_back_has_no_gradients() -> None:
    x = torch.randn(3)
    for f in (lambda x: x.detach(), lambda x: x.sum(), lambda x: None, lambda x: x.double(), lambda x: "text"):
        assert vjp(Local({"f": f}).f, x, up=x)["gradient"] == [None]


class Optimizer(torch.optim.SGD):
    """Torch's, with another name for its constructor's caller."""


def test_descend_is_what_a_training_loop_does() -> None:
    code = Local({"Optimizer": Optimizer})
    a, b = torch.randn(3, 2), torch.randn(4)
    gradients = [[torch.randn(3, 2), torch.randn(4)] for _ in range(4)]
    gradients[1][1] = None  # type: ignore[call-overload]
    groups = [{"params": [a], "lr": 0.5}, {"params": [b]}]
    got = descend(code, "Optimizer", groups, gradients, settings={3: {"lr": 0.2}}, lr=0.1, momentum=0.9)

    p, q = (nn.Parameter(t.clone()) for t in (a, b))
    optimizer = torch.optim.SGD([{"params": [p], "lr": 0.5}, {"params": [q]}], lr=0.1, momentum=0.9)
    for step, (p.grad, q.grad) in enumerate(gradients, 1):
        if step == 3:
            for group in optimizer.param_groups:
                group["lr"] = 0.2
        optimizer.step()
        torch.testing.assert_close(got["parameters"][f"after step {step}"], [p.detach(), q.detach()])
    assert got["still trainable"] == [True, True]
    torch.testing.assert_close(got["gradients, afterwards"], gradients[-1])


def test_descend_keeps_some_steps_and_goes_on_from_a_saved_state() -> None:
    class Forgetful(torch.optim.SGD):
        def state_dict(self) -> dict[str, Any]:
            return {**super().state_dict(), "state": {}}

    code = Local({"Optimizer": Optimizer, "Forgetful": Forgetful})
    start, gradients = [torch.randn(3)], [[torch.randn(3)] for _ in range(5)]

    def after(rule: str, **options: Any) -> Any:
        return descend(code, rule, start, gradients, keep=(5,), lr=0.1, momentum=0.9, **options)["parameters"]

    whole = after("Optimizer")
    assert list(whole) == ["after step 5"]
    torch.testing.assert_close(after("Optimizer", stops=(2, 3)), whole)
    torch.testing.assert_close(after("Forgetful"), whole)
    assert not torch.allclose(after("Forgetful", stops=(2,))["after step 5"][0], whole["after step 5"][0])
