"""The kit on a laptop that has nothing of the graders, and no Unix under it."""

import subprocess
import sys

import pytest

BLOCKED = ("torchstone.judge", "torchstone.jail", "torchstone.config", "torchstone.gradebook", "torchstone.notebook")
BLOCKED += ("nbgrader", "pytest", "pydantic", "IPython", "sklearn", "fcntl", "resource")

PRELUDE = f"""
import importlib.abc, os, sys

class Wall(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if any(name == b or name.startswith(b + ".") for b in {BLOCKED!r}):
            raise ModuleNotFoundError(f"{{name}} is not on this laptop", name=name)

sys.meta_path.insert(0, Wall())
for name in ("fork", "forkpty", "geteuid", "getuid"):
    if hasattr(os, name):
        delattr(os, name)
"""


def run(code):
    done = subprocess.run(
        [sys.executable, "-c", PRELUDE + code], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wall_holds():
    assert "no fcntl" in run("try:\n    import fcntl\nexcept ModuleNotFoundError:\n    print('no fcntl')")


def test_a_notebook_is_checked_without_them():
    code = """
from torchstone.kit import check, data, plots
from torchstone.kit import localcheck
cells = [
    localcheck.LocalCell(1, "import torch\\nfrom torchstone.kit import check, data, plots"),
    localcheck.LocalCell(2, "def f(x):\\n    return x.sin()"),
    localcheck.LocalCell(3, "with check.exercise('f'):\\n    check.gradient(f, data.digits()[0][:2])", "f", grade=True),
    localcheck.LocalCell(4, "fig, ax = plots.figure()\\nplots.show(fig, alt='empty')"),
]
report = localcheck.run(cells)
assert not report.broken, report.broken
print(report.results[0].status, "|", report.output)
"""
    assert run(code).strip() == "passed | [figure] empty"


@pytest.mark.parametrize("module", ["check", "data", "plots", "localcheck"])
def test_matplotlib_waits_for_the_first_figure(module):
    out = run(
        f"import torchstone.kit.{module}, sys\nprint([m for m in sys.modules if m.split('.')[0] == 'matplotlib'])"
    )
    assert out.strip() == "[]"


def test_the_package_itself_imports_nothing_heavy():
    assert (
        run("import torchstone.kit, sys\nprint('torch' in sys.modules, 'numpy' in sys.modules)").strip()
        == "False False"
    )
