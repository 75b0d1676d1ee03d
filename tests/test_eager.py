"""torch without what nobody asks it for, in a process of its own: what that has imported it keeps."""

from __future__ import annotations

import subprocess
import sys

BEGIN = """
import sys
import torch
from torchstone import eager
eager.without_compiler()
eager.without_compiler()
"""

ORDINARY = """
parameter = torch.nn.Parameter(torch.ones(2))
optimizer = torch.optim.SGD([parameter], lr=0.5)
torch.autograd.grad(parameter * 2, parameter, torch.ones(2))
(parameter**2).sum().backward()
optimizer.step()
assert parameter.tolist() == [0.0, 0.0]
assert torch.func.grad(lambda x: (x**2).sum())(torch.ones(2)).tolist() == [2.0, 2.0]
assert torch.compiler.disable(torch.sin) is torch.sin
assert not any(name.startswith(("torch._dynamo.", "sympy")) for name in sys.modules)
"""

MISFIT = """
leaf = torch.ones(2, requires_grad=True)
try:
    torch.autograd.grad(leaf * 2, leaf, torch.ones(3))
except RuntimeError as error:
    assert "Mismatch in shape" in str(error)
else:
    raise AssertionError("an upstream gradient of another shape was taken")
assert "sympy" not in sys.modules
"""

MORE_OF_SHAPES = """
stand_in = sys.modules["torch.fx.experimental.symbolic_shapes"]
from torch.fx.experimental.symbolic_shapes import ShapeEnv, expect_true, sym_eq
assert torch.fx.experimental.symbolic_shapes is sys.modules["torch.fx.experimental.symbolic_shapes"] is not stand_in
for module in (stand_in, sys.modules["torch.fx.experimental.symbolic_shapes"]):
    assert module.sym_eq(torch.Size([2, 3]), torch.Size([2, 3])) is True
    assert module.sym_eq(torch.Size([2, 3]), torch.Size([2])) is False
    assert module.sym_eq((2, [3]), (2, [3])) is True
    assert module.expect_true(True) is True and module.expect_true(False) is False
from torch._subclasses import FakeTensorMode
with FakeTensorMode(shape_env=ShapeEnv()):
    assert (torch.ones(2, 3) @ torch.ones(3, 4)).shape == (2, 4)
"""

SWITCHED = """
for mode, warns in ((True, False), (True, True), (False, False)):
    eager.use_deterministic_algorithms(mode, warn_only=warns)
    assert torch.are_deterministic_algorithms_enabled() == mode
    assert torch.is_deterministic_algorithms_warn_only_enabled() == warns
assert not any(name.startswith("torch._dynamo.") for name in sys.modules)
"""

ASKED_FOR_MORE = """
stand_in = sys.modules["torch._dynamo"]
assert stand_in.config is torch._dynamo.config
assert torch._dynamo is sys.modules["torch._dynamo"] is not stand_in
assert torch.compile(lambda x: x + 1, backend="eager")(torch.ones(1)).item() == 2
"""

SUBMODULE = """
import torch._dynamo.utils
assert torch._dynamo is sys.modules["torch._dynamo"]
assert torch._dynamo.utils.__name__ in sys.modules
"""


def runs(*parts: str) -> None:
    done = subprocess.run([sys.executable, "-c", "".join((BEGIN, *parts))], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_what_asks_little_of_the_compiler_does_not_load_it() -> None:
    runs(ORDINARY, MISFIT, SWITCHED)


def test_whoever_asks_for_more_gets_the_compiler() -> None:
    runs(ORDINARY, ASKED_FOR_MORE)


def test_a_submodule_of_the_compiler_can_be_imported() -> None:
    runs(SUBMODULE)


def test_a_seed_is_set_without_a_look_at_the_stack() -> None:
    runs(
        """
import linecache
eager.without_stacks()
linecache.clearcache()
first = torch.manual_seed(5).initial_seed(), torch.rand(3).tolist()
torch.seed()
assert first == (torch.manual_seed(5).initial_seed(), torch.rand(3).tolist())
assert first[0] == torch.initial_seed() == 5
assert not linecache.cache
"""
    )


def test_whoever_asks_more_of_shapes_gets_the_real_ones() -> None:
    runs(ORDINARY, MORE_OF_SHAPES)
