"""A student's install: no graders, no nbgrader, no pytest, none of the system calls that Windows lacks."""

import json
import subprocess
import sys

import pytest

#: Blocks what a student's machine does not have, then runs the command line.
PROGRAM = """
import sys, os
BLOCKED = {"nbgrader", "pytest", "_pytest", "pydantic", "jinja2", "nbformat", "nbconvert", "fcntl", "resource", "pwd",
           "grp", "termios", "graders"}
if sys.argv[1] in ("check", "doctor", "literate"):  # a student's verbs need nothing of the grading side at all
    BLOCKED |= {"torchstone." + name for name in
                ("judge", "jail", "gradebook", "config", "batch", "collecting", "feedback", "results")}

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name in BLOCKED:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

for name in BLOCKED & set(sys.modules):
    del sys.modules[name]
sys.meta_path.insert(0, Absent())
for name in ("fork", "forkpty", "pidfd_open", "setsid", "getuid"):
    if hasattr(os, name):
        delattr(os, name)
from torchstone.cli import main
main(sys.argv[1:])
"""


def student(*arguments):
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *map(str, arguments)], check=False, capture_output=True, text=True, timeout=120
    )


def cell(source, grade_id=None, **mark):
    metadata = {"nbgrader": {"grade_id": grade_id, "schema_version": 3, **mark}} if grade_id else {}
    return {"cell_type": "code", "source": source, "metadata": metadata, "outputs": [], "execution_count": None}


def notebook(tmp_path, answer):
    check = "check.close(double(torch.ones(2)), torch.full((2,), 2.0))"
    cells = [
        cell("import torch\nfrom torchstone.kit import check"),
        cell(answer, "double", grade=False, solution=True, locked=False),
        cell(check, "double_check", grade=True, solution=False, locked=True, points=1),
    ]
    for number, c in enumerate(cells):
        c["id"] = f"cell-{number}"
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path = tmp_path / "week.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}))
    return path


def test_check_passes_on_a_right_answer(tmp_path):
    done = student("check", notebook(tmp_path, "def double(x):\n    return 2 * x"))
    assert done.returncode == 0, done.stderr
    assert "✓ double" in done.stdout


def test_check_explains_a_wrong_one(tmp_path):
    done = student("check", notebook(tmp_path, "def double(x):\n    return 3 * x"))
    assert done.returncode == 1
    assert "✗ double" in done.stdout
    assert "2 of 2 entries" in done.stdout


def test_check_as_json(tmp_path):
    done = student("check", notebook(tmp_path, "def double(x):\n    raise NotImplementedError()"), "--json")
    report = json.loads(done.stdout)
    assert report["results"][0]["status"] == "not written"


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"[]", b'{"cells": 3}'])
def test_check_of_something_else_is_one_clear_line(tmp_path, data):
    (tmp_path / "x.ipynb").write_bytes(data)
    done = student("check", tmp_path / "x.ipynb")
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr


def test_doctor_looks_at_the_laptop():
    done = student("doctor", "--student")
    assert "public checks: work" in done.stdout
    assert "Traceback" not in done.stderr


def test_literate_advises_without_the_grading_side(tmp_path):
    done = student("literate", notebook(tmp_path, "def double(x):\n    return 2 * x"))
    assert done.returncode == 0, done.stderr
    assert "Open with the problem" in done.stdout
    assert "no jail can be built here" in done.stdout


@pytest.mark.parametrize("verb", ["grade", "release", "feedback", "collect"])
def test_a_verb_of_the_grading_machine_says_what_it_needs(verb):
    done = student(verb, "week04")
    assert done.returncode == 3
    assert "needs the package" in done.stderr
