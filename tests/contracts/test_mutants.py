"""Mutants: small, different, where they should be; what survives is told."""

from __future__ import annotations

import ast
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torchstone.contracts.mutants import Mutant, mutants


def of(source: str) -> list[Mutant]:
    return list(mutants("e", textwrap.dedent(source)))


def after(source: str) -> set[str]:
    """The changed lines, without the brackets that a replaced expression comes in."""
    return {m.after.replace("(", "").replace(")", "").replace(" ", "") for m in of(source)}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("y = a + b", {"y=a-b", "y=a", "y=b", "pass", "y=-a+b"}),
        ("y = a > b", {"y=a>=b", "y=a<b"}),
        ("y = a and b", {"y=aorb", "y=a", "y=b"}),
        ("y = x.sum(0)", {"y=x.sum1", "y=x.sum-1", "y=x.sum", "y=x.mean0", "y=x"}),
        ("y = x.sum(1, keepdim=True)", {"y=x.sum1,keepdim=False", "y=x.sum1"}),
        ("y = f(a, b)", {"y=fb,a"}),
        ("y = x[:n]", {"y=x[:n+1]", "y=x[:n-1]", "y=x[:]"}),
        ("y = X.T @ Z", {"y=X@Z", "y=Z@X.T"}),
        ("w -= g", {"w+=g", "w=g", "pass"}),
        ("if a:\n    b()", {"ifTrue:", "ifFalse:"}),
        ("y = -x", {"y=x"}),
    ],
)
def test_each_operator_makes_its_mistakes(source: str, expected: set[str]):
    assert expected <= after(source)


def test_only_a_solution_region_is_changed_and_no_text_that_a_person_reads():
    found = of('''
        LIMIT = 1 + 1
        def f(x):
            """One plus one."""
            ### BEGIN SOLUTION
            if x < 0:
                raise ValueError(f"x is {x + 1}")
            return x
            ### END SOLUTION
    ''')
    assert found
    assert {m.function for m in found} == {"f"}
    assert {m.line for m in found} <= {6, 8}
    assert not any("LIMIT" in m.before or "x is" in m.before for m in found)


@pytest.mark.parametrize(
    "source",
    ["y = torch.maximum(a, b)", "torch.manual_seed(4)", "y = torch.zeros(n)", "y = torch.randn(n)", "y = x * 0"],
)
def test_what_says_nothing_is_left_alone(source: str):
    operators = {m.operator for m in of(source)}
    assert not operators & ({"swapped arguments"} if "maximum" in source else {"sign"})
    assert "seed" not in source or "constant" not in operators


expressions = st.recursive(
    st.sampled_from(["a", "b", "x.sum(0)", "2", "0.5", "True", "x[:n]"]),
    lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-", "*", "/", "@", "<", "and"]), inner),
    max_leaves=6,
)


@given(expressions)
def test_every_mutant_is_a_program_of_its_own(expression: str):
    source = f"def f(a, b, x, n):\n    y = {expression}\n    return y\n"
    found = mutants("e", source)
    shapes = [ast.dump(ast.parse(m.source)) for m in found]
    assert len(set(shapes)) == len(shapes)
    assert ast.dump(ast.parse(source)) not in shapes
    assert all(m.before != m.after for m in found)
