"""Mutants: a solution with one small mistake that a machine thought of.

Each operator below looks at one node of the syntax tree and gives other texts for it; a mutant is the cell with that
text in the node's place, so that its diff is as small as the mistake. Only what lies in a solution region is changed,
and no text that a person reads.
"""

from __future__ import annotations

import ast
import copy
import difflib
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

_BEGIN, _END = "### BEGIN SOLUTION", "### END SOLUTION"


@dataclass(frozen=True)
class Mutant:
    """One change of one exercise's cell. `before` and `after` are the lines that differ, without indentation."""

    exercise: str
    operator: str
    function: str  #: the function it is in, with its class
    line: int  #: of the cell, from 1
    before: str
    after: str
    source: str  #: the whole cell

    @property
    def name(self) -> tuple[str, str, str, str]:
        """What it is known under while lines move."""
        return (self.exercise, self.function, self.before, self.after)

    def __str__(self) -> str:
        where = f"{self.exercise}, {self.function}, line {self.line} ({self.operator})"
        return f"{where}:\n  - {self.before}\n  + {self.after}"


def mutants(exercise: str, source: str) -> tuple[Mutant, ...]:
    """All mutants of a cell, none of them twice."""
    tree = ast.parse(source)
    inside = _solution_lines(source)
    seen = {ast.dump(tree)}
    found = []
    for node, function in _nodes(tree, ""):
        if getattr(node, "lineno", 0) not in inside:
            continue
        for operator, place, new in _edits(node):
            text = _replaced(source, place, new)
            try:
                shape = ast.dump(_Idle().visit(ast.parse(text)))
            except SyntaxError:
                continue
            if shape not in seen:
                seen.add(shape)
                before, after = _differing_lines(source, text)
                found.append(Mutant(exercise, operator, function, node.lineno, before, after, text))  # type: ignore[attr-defined]
    return tuple(found)


class _Idle(ast.NodeTransformer):
    """Makes `x = x` a `pass`, which it is."""

    def visit_Assign(self, node: ast.Assign) -> ast.stmt:
        target = node.targets[0]
        idle = isinstance(target, ast.Name) and isinstance(node.value, ast.Name) and target.id == node.value.id
        return ast.Pass() if idle else node


def _solution_lines(source: str) -> frozenset[int]:
    """The lines inside solution regions; all of them where the cell marks none."""
    inside, open_ = set(), _BEGIN not in source
    for number, line in enumerate(source.splitlines(), 1):
        if line.strip() == _BEGIN:
            open_ = True
        elif line.strip() == _END:
            open_ = False
        elif open_:
            inside.add(number)
    return frozenset(inside)


def _nodes(node: ast.AST, function: str) -> Iterator[tuple[ast.AST, str]]:
    """Every node with the function it is in; no docstrings, annotations, raised messages or formatted texts."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Raise | ast.JoinedStr | ast.Import | ast.ImportFrom) or _is_text(child):
            continue
        if isinstance(child, ast.Constant) and _calls(node, _SEEDING):
            continue
        inner = function
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            inner = f"{function}.{child.name}" if function else child.name
        if not isinstance(child, ast.arguments):
            yield child, inner
            yield from _nodes(child, inner)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _replaced(source: str, node: ast.AST, new: str) -> str:
    """The source with a node's text replaced. (Columns count bytes.)"""
    at: Any = node
    lines = [line.encode() for line in source.splitlines(keepends=True)]
    first, last = at.lineno - 1, at.end_lineno - 1
    if isinstance(node, ast.stmt):
        pad = " " * at.col_offset
        new = new.replace("\n", f"\n{pad}")
    else:
        new = " ".join(new.split("\n"))
    text = lines[first][: at.col_offset] + new.encode() + lines[last][at.end_col_offset :]
    return b"".join([*lines[:first], text, *lines[last + 1 :]]).decode()


def _differing_lines(one: str, other: str) -> tuple[str, str]:
    diff = list(difflib.ndiff(one.splitlines(), other.splitlines()))
    gone = " ".join(d[2:].strip() for d in diff if d.startswith("- "))
    come = " ".join(d[2:].strip() for d in diff if d.startswith("+ "))
    return gone, come


# ---- operators ------------------------------------------------------------------------------------------------------

Change = tuple[str, str]  #: the operator's name, and the text that takes the node's place

_BINARY: Final[Mapping[type[ast.operator], tuple[type[ast.operator], ...]]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Div, ast.Mod),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
}
_COMPARE: Final[Mapping[type[ast.cmpop], tuple[type[ast.cmpop], ...]]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_SIBLINGS: Final = (
    ("sum", "mean"), ("min", "max"), ("amin", "amax"), ("argmin", "argmax"), ("minimum", "maximum"),
    ("zeros", "ones"), ("zeros_like", "ones_like"), ("rand", "randn"), ("floor", "ceil"), ("exp", "expm1"),
    ("log", "log1p"), ("any", "all"),
    ("sin", "cos"), ("sigmoid", "tanh"), ("append", "extend"), ("std", "var"), ("softmax", "log_softmax"),
)  # fmt: skip
_SIBLING: Final = {a: b for pair in _SIBLINGS for a, b in (pair, pair[::-1])}
_AXES: Final = ("dim", "axis")


def _edits(node: ast.AST) -> Iterator[tuple[str, ast.AST, str]]:
    """The operator, the node whose text goes, and the text that comes."""
    for operator, new in _changes(node):
        yield operator, node, new
    if isinstance(node, ast.If):
        yield "comparison", node.test, "True"
        yield "comparison", node.test, "False"


def _changes(node: ast.AST) -> Iterator[Change]:
    for kind, change in _OPERATORS:
        if isinstance(node, kind):
            yield from change(node)


def _binary(node: ast.BinOp) -> Iterator[Change]:
    for other in _BINARY.get(type(node.op), ()):
        yield "operator", _with(node, op=other())
    if isinstance(node.op, ast.Sub | ast.Div | ast.MatMult | ast.Pow | ast.FloorDiv):
        yield "swapped operands", _with(node, left=node.right, right=node.left)
    yield "dropped term", f"({ast.unparse(node.left)})"
    yield "dropped term", f"({ast.unparse(node.right)})"


def _unary(node: ast.UnaryOp) -> Iterator[Change]:
    yield "sign", f"({ast.unparse(node.operand)})"


def _compare(node: ast.Compare) -> Iterator[Change]:
    for i, op in enumerate(node.ops):
        for other in _COMPARE.get(type(op), ()):
            yield "comparison", _with(node, ops=[*node.ops[:i], other(), *node.ops[i + 1 :]])


def _boolean(node: ast.BoolOp) -> Iterator[Change]:
    yield "boolean", _with(node, op=ast.And() if isinstance(node.op, ast.Or) else ast.Or())
    for i in range(len(node.values)):
        rest = [*node.values[:i], *node.values[i + 1 :]]
        yield "boolean", _with(node, values=rest) if len(rest) > 1 else f"({ast.unparse(rest[0])})"


def _constant(node: ast.Constant) -> Iterator[Change]:
    if isinstance(node.value, bool):
        yield "boolean", str(not node.value)
    elif isinstance(node.value, int):
        yield "constant", str(node.value + 1)
        yield "constant", f"({node.value - 1})"
    elif isinstance(node.value, float):
        yield "constant", repr(node.value * 2)
        yield "constant", repr(node.value + 1)


def _call(node: ast.Call) -> Iterator[Change]:
    for i in range(0 if _calls(node, _COMMUTATIVE) else len(node.args) - 1):
        swapped = [*node.args[:i], node.args[i + 1], node.args[i], *node.args[i + 2 :]]
        yield "swapped arguments", _with(node, args=swapped)
    for i, keyword in enumerate(node.keywords):
        if keyword.arg is not None:
            name = "axis" if keyword.arg in _AXES else "keepdim" if keyword.arg == "keepdim" else "dropped argument"
            yield name, _with(node, keywords=[*node.keywords[:i], *node.keywords[i + 1 :]])
    if isinstance(node.func, ast.Attribute):
        if node.func.attr in _SIBLING:
            yield "sibling", _with(node, func=_renamed(node.func, _SIBLING[node.func.attr]))
        if node.func.attr in ("sum", "mean", "max", "amax", "std", "argmax") and node.args:
            yield "axis", _with(node, args=node.args[1:])
        if not _is_module(node.func.value):
            yield "dropped call", f"({ast.unparse(node.func.value)})"
    elif isinstance(node.func, ast.Name) and node.func.id in _SIBLING:
        yield "sibling", _with(node, func=ast.Name(_SIBLING[node.func.id], ast.Load()))
    if (
        len(node.args) == 1
        and not node.keywords
        and not _calls(node, _SEEDING)
        and not isinstance(node.args[0], ast.Starred)
    ):
        yield "dropped call", f"({ast.unparse(node.args[0])})"


def _attribute(node: ast.Attribute) -> Iterator[Change]:
    if isinstance(node.ctx, ast.Load) and node.attr in ("T", "mT", "data", "real"):
        yield "dropped transpose", f"({ast.unparse(node.value)})"


def _slice(node: ast.Slice) -> Iterator[Change]:
    for side in ("lower", "upper"):
        bound = getattr(node, side)
        if bound is not None:
            for sign in "+-":
                yield "off by one", _with(node, **{side: ast.parse(f"({ast.unparse(bound)}) {sign} 1").body[0].value})  # type: ignore[attr-defined]
            yield "off by one", _with(node, **{side: None})


def _subscript(node: ast.Subscript) -> Iterator[Change]:
    if isinstance(node.ctx, ast.Load) and isinstance(node.slice, ast.Name):
        yield "off by one", f"{ast.unparse(node.value)}[{ast.unparse(node.slice)} - 1]"


def _conditional(node: ast.IfExp) -> Iterator[Change]:
    yield "comparison", f"({ast.unparse(node.body)})"
    yield "comparison", f"({ast.unparse(node.orelse)})"


def _statement(node: ast.stmt) -> Iterator[Change]:
    if isinstance(node, ast.Expr | ast.Assign | ast.AugAssign | ast.For | ast.While):
        yield "dropped statement", "pass"
    if isinstance(node, ast.AugAssign):
        for other in _BINARY.get(type(node.op), ()):
            yield "operator", _with(node, op=other())
        yield "operator", f"{ast.unparse(node.target)} = {ast.unparse(node.value)}"
    value = node.value if isinstance(node, ast.Assign | ast.Return) else None
    if isinstance(value, ast.BinOp | ast.Call | ast.Name) and not _is_symmetric(value):
        yield "sign", _with(node, value=ast.UnaryOp(ast.USub(), value))
    if isinstance(node, ast.With):
        yield "dropped statement", ast.unparse(ast.If(ast.Constant(True), node.body, []))


_OPERATORS: Final[tuple[tuple[type[ast.AST], Callable[[Any], Iterator[Change]]], ...]] = (
    (ast.BinOp, _binary),
    (ast.UnaryOp, _unary),
    (ast.Compare, _compare),
    (ast.BoolOp, _boolean),
    (ast.Constant, _constant),
    (ast.Call, _call),
    (ast.Attribute, _attribute),
    (ast.Slice, _slice),
    (ast.Subscript, _subscript),
    (ast.IfExp, _conditional),
    (ast.stmt, _statement),
)

#: The order of their arguments says nothing.
_COMMUTATIVE: Final = frozenset({"maximum", "minimum", "equal", "logaddexp", "isclose"})
#: Around 0.
_SYMMETRIC: Final = frozenset({"zeros", "zeros_like", "new_zeros", "randn", "randn_like"})
#: What is given to them is a name and no number.
_SEEDING: Final = frozenset({"manual_seed"})

_MODULES: Final = frozenset({"torch", "math", "np", "nn", "F", "itertools"})


def _is_module(node: ast.AST) -> bool:
    return (isinstance(node, ast.Name) and node.id in _MODULES) or (
        isinstance(node, ast.Attribute) and _is_module(node.value)
    )


def _is_symmetric(node: ast.AST) -> bool:
    """Zeros, or a sample of a distribution around 0: another sign says nothing."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return any(isinstance(side, ast.Constant) and side.value == 0 for side in (node.left, node.right))
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute):
        return node.func.attr in _SYMMETRIC or _is_symmetric(node.func.value)
    return isinstance(node.func, ast.Name) and node.func.id in _SYMMETRIC


def _calls(node: ast.AST, names: frozenset[str]) -> bool:
    if not isinstance(node, ast.Call):
        return False
    function = node.func
    return getattr(function, "attr", getattr(function, "id", "")) in names


def _renamed(node: ast.Attribute, name: str) -> ast.Attribute:
    return ast.Attribute(node.value, name, node.ctx)


def _with(node: ast.AST, **parts: Any) -> str:
    """The text of a node with other parts."""
    changed = copy.copy(node)
    for name, value in parts.items():
        setattr(changed, name, value)
    text = ast.unparse(ast.fix_missing_locations(changed))
    return text if isinstance(node, ast.stmt | ast.Slice) else f"({text})"


def counted(found: tuple[Mutant, ...]) -> dict[str, int]:
    """How many mutants each operator made."""
    names = sorted(m.operator for m in found)
    return {name: len(list(group)) for name, group in itertools.groupby(names)}
