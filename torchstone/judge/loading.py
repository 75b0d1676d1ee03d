"""Loading a file of the graders' folder as a module that nobody can import by name."""

from __future__ import annotations

import ast
import functools
import hashlib
import sys
import warnings
from pathlib import Path
from types import CodeType, ModuleType
from typing import Final

from torchstone.judge.trial import assertion_held

_HELD: Final = "__assertion_held__"


def load(path: Path) -> ModuleType:
    """Run a file as a module of its own, in which each assertion that holds is counted by the running trial.

    Loaded again, it is another module: nothing is kept from one submission to the next. Raises whatever the file does.
    """
    source = path.read_text()
    module = ModuleType(f"_graders_{hashlib.sha256(str(path).encode()).hexdigest()[:12]}_{path.stem}")
    module.__file__ = str(path)
    module.__dict__[_HELD] = assertion_held
    sys.modules[module.__name__] = module  # some decorators of the standard library look their module up
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(_compiled(str(path), source), module.__dict__)
    finally:
        sys.modules.pop(module.__name__, None)
    return module


def public(module: ModuleType) -> dict[str, object]:
    """The names that a module defines."""
    return {name: value for name, value in vars(module).items() if not name.startswith("__")}


@functools.lru_cache(maxsize=256)
def _compiled(path: str, source: str) -> CodeType:
    tree = ast.fix_missing_locations(_Counted().visit(ast.parse(source, path)))
    return compile(tree, path, "exec", dont_inherit=True)


class _Counted(ast.NodeTransformer):
    """Puts a call after each assertion: it is reached where the assertion held."""

    def visit_Assert(self, node: ast.Assert) -> list[ast.stmt]:
        held = ast.Expr(ast.Call(ast.Name(_HELD, ast.Load()), [], []))
        return [node, ast.copy_location(held, node)]
