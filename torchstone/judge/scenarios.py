"""A scenario: a small program over an implementation, shipped to the jail as text or run here on copies.

It reveals its inputs and its own text, never an expected value: data in, data out, one round trip.
"""

from __future__ import annotations

import ast
import builtins
import dis
import functools
import inspect
import textwrap
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Protocol

#: What a scenario sees beside its arguments, builtins and other scenarios: the names of
#: `torchstone.jail.SCENARIO_NAMES`.
VISIBLE: Final = frozenset({"torch", "nn", "F", "math", "itertools", "fill"})


class Implementation(Protocol):
    """Whoever is under test. Its methods are underscored, for every other name is the implementation's own."""

    def _call(self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any: ...
    def _run(self, scenario: Scenario, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any: ...


class Scenario:
    """`program(implementation, *inputs)`: the first argument decides where it runs. Made by `@scenario`."""

    def __init__(self, function: types.FunctionType) -> None:
        functools.update_wrapper(self, function)
        self.name: Final = function.__name__
        self._source = _bare_source(inspect.getsource(function), self.name)
        if function.__code__.co_freevars:
            raise TypeError(_refusal(self.name, f"closes over {', '.join(function.__code__.co_freevars)}"))
        used = _global_names(compile(self._source, self.name, "exec")) - set(dir(builtins)) - VISIBLE - {self.name}
        known = {n: function.__globals__.get(n) for n in sorted(used)}
        self._helpers = tuple(s for s in known.values() if isinstance(s, Scenario))
        if unknown := [n for n, value in known.items() if not isinstance(value, Scenario)]:
            raise TypeError(_refusal(self.name, f"uses {', '.join(unknown)}"))

    @functools.cached_property
    def text(self) -> str:
        """What is shipped: this scenario after the scenarios it uses, each once."""
        return "\n\n".join(s._source for s in self._in_order())

    def _in_order(self) -> Iterator[Scenario]:
        seen = dict.fromkeys(s for helper in self._helpers for s in helper._in_order())
        yield from (*seen, self)

    def __call__(self, implementation: Implementation, *args: Any, **kwargs: Any) -> Any:
        """What the program gives over `implementation`, as data. Raises Fault if it does not come to an end."""
        return implementation._run(self, args, kwargs)

    def __repr__(self) -> str:
        return f"<scenario {self.name}>"


def scenario(function: Callable[..., Any]) -> Scenario:
    """`@scenario def train(code, X, y): …`: a program over an implementation, here called `code`.

    It sees only its arguments, builtins, torch, nn, F, math, itertools, `fill` and other scenarios. Comments,
    docstrings and annotations do not travel. It returns values, never a judgement. Raises TypeError for a closure,
    another global name, an import or an assertion.
    """
    if not isinstance(function, types.FunctionType):
        raise TypeError(f"@scenario needs a function, not {function!r}")
    return Scenario(function)


@functools.lru_cache(maxsize=1024)
def _bare_source(source: str, name: str) -> str:
    """The function without decorators, comments, docstrings, annotations. Raises TypeError for what may not travel."""
    function = _Bare().visit(ast.parse(textwrap.dedent(source)).body[0])
    function.decorator_list = []
    for node in ast.walk(function):
        if isinstance(node, ast.Import | ast.ImportFrom):
            raise TypeError(_refusal(name, "imports"))
        if isinstance(node, ast.Assert):
            raise TypeError(
                f"scenario {name} asserts: a scenario returns values, never a judgement; assert in the check"
            )
    return ast.unparse(ast.fix_missing_locations(function))


class _Bare(ast.NodeTransformer):
    """Takes away what only tells."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self._undocumented(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        node.returns = None
        return self._undocumented(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._undocumented(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        self.generic_visit(node)
        return ast.Assign([node.target], node.value) if node.value else ast.Pass()

    def _undocumented(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> ast.AST:
        if ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        self.generic_visit(node)
        return node


def _global_names(code: types.CodeType) -> set[str]:
    """Names that `code`, and the functions in it, look up globally."""
    names = {str(i.argval) for i in dis.get_instructions(code) if i.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
    return names.union(*(_global_names(c) for c in code.co_consts if inspect.iscode(c)))


def _refusal(name: str, what: str) -> str:
    sees = "its arguments, builtins, torch, nn, F, math, itertools, fill and other scenarios"
    return f"scenario {name} {what}: a scenario sees only {sees}; pass what it needs as an input"
