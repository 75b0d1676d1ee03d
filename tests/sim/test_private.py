"""Torch's private API is touched in `private.py` alone, where each use has its reason."""

import ast
from pathlib import Path

from torchstone import sim

PACKAGE = Path(sim.__file__).parent

#: Attributes of our own that begin with an underscore.
OURS = {"_raw", "_stamp", "_moment", "_pinned", "_birth", "_of_simulated_device", "_getframe"}


def private_names(module: Path) -> set[str]:
    """Names with one leading underscore that a module imports, reads or writes, operators of `aten` apart."""
    names = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            parts = [*(node.module or "").split("."), *(alias.name for alias in node.names)]
            names |= {part for part in parts if part.startswith("_") and part != "__future__"}
        if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__"):
            root: ast.expr = node
            while isinstance(root, ast.Attribute):
                root = root.value
            if not (isinstance(root, ast.Name) and root.id == "aten"):
                names.add(node.attr)
    return names


def test_only_one_module_touches_private_names() -> None:
    others = {path.name: private_names(path) - OURS for path in PACKAGE.glob("*.py") if path.name != "private.py"}
    assert {name: found for name, found in others.items() if found} == {}


def test_the_check_sees_what_it_looks_for() -> None:
    assert {"_make_wrapper_subclass", "_current_graph_task_id"} <= private_names(PACKAGE / "private.py")
