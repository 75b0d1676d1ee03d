"""No text for students is written where it is said: code that speaks to them calls the catalogue."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import torchstone

PACKAGE = Path(torchstone.__file__).parent

#: What carries a text to a student: none of its arguments may be a text of several words.
CARRIERS = {
    "Advice",
    "BrokenCell",
    "CheckFailed",
    "Fault",
    "LateNote",
    "Lost",
    "Misfit",
    "NotWritten",
    "Repair",
    "Rerun",
    "Step",
    "Stopped",
    "Unloadable",
    "UnreadableNotebook",
    "Verdict",
    "differs",
}


def texts(node: ast.expr) -> Iterator[str]:
    """The words written out in an expression, but not in the calls within it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        for part in node.values:
            yield from texts(part)
    elif isinstance(node, ast.BinOp):
        yield from texts(node.left)
        yield from texts(node.right)
    elif isinstance(node, ast.IfExp):
        yield from texts(node.body)
        yield from texts(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from texts(value)


def written_out(source: str) -> list[str]:
    """Each text of two words or more that a carrier is given as it stands."""
    tree = ast.parse(source)
    found = []
    for scope in ast.walk(tree):
        if not isinstance(scope, ast.FunctionDef):
            continue
        named = {
            target.id: [*texts(node.value)]
            for node in ast.walk(scope)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(scope):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in CARRIERS:
                for argument in [*node.args, *(k.value for k in node.keywords)]:
                    own = named.get(argument.id, []) if isinstance(argument, ast.Name) else [*texts(argument)]
                    found += [f"{node.lineno}: {text}" for text in own if len(text.split()) > 1]
    return found


def test_every_text_comes_from_the_catalogue() -> None:
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        if lines := written_out(path.read_text(encoding="utf-8")):
            found[str(path.relative_to(PACKAGE))] = lines
    assert found == {}


def test_a_text_that_is_written_out_is_found() -> None:
    assert written_out('def f(n): raise Fault(Stage.RAN, f"it took {n} s", kind="slow")') == ["1: it took "]
    assert written_out('def f(n):\n  text = "too slow"\n  return Verdict(text)') == ["3: too slow"]
    assert written_out('def f(e): return Repair("split", told.split(e, "two words"), e)') == []
