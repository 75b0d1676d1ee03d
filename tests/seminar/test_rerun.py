"""A notebook run afresh: in the jail, and in a kernel where there is none."""

from __future__ import annotations

import builtins
import json

import pytest
from click.testing import CliRunner

from torchstone.cli._main import torchstone
from torchstone.seminar.rerun import rerun

from .notebooks import code, notebook, text

GOOD = notebook(text("# x"), code("import torch\n%matplotlib inline\nx = torch.ones(3)"), code("display(x.sum())"))


def made(data):
    return json.loads(data)


def test_in_the_jail_there_is_nothing_of_the_machine_and_of_an_earlier_session(tmp_path):
    witness = tmp_path / "mine.txt"
    witness.write_text("x")
    data = notebook(
        code("import torch\nx = torch.ones(3)"),
        code(f"open({str(witness)!r})"),
        code("left_over + 1"),
        code("y = x.sum()\n%time z = y"),
        code("while True: pass"),
        code("print('after')"),
    )
    done = rerun(made(data), 3, jailed=True)
    assert done.place == "jail"
    assert [s.cell for s in done.stopped] == ["cell 2", "cell 3", "cell 5"]
    hidden, missed, endless = (s.text for s in done.stopped)
    assert "FileNotFoundError" in hidden or "PermissionError" in hidden
    assert "left_over" in missed
    assert "it did not end within 12 s" in endless or "more than 6 s of CPU time" in endless
    assert not done.good
    assert done.note.startswith("Keep what it reads in the notebook")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_in_a_kernel_it_runs_too():
    done = rerun(made(GOOD), 60, jailed=False)
    assert (done.place, done.stopped) == ("kernel", ())
    assert done.good
    done = rerun(made(notebook(code("1/0"), code("x = 1"))), 60, jailed=False)
    assert [s.text for s in done.stopped] == ["ZeroDivisionError: division by zero"]


def test_without_jail_and_jupyter_it_says_so(monkeypatch):
    real = builtins.__import__

    def absent(name, *arguments, **more):
        if name in ("torchstone.jail", "nbclient"):
            raise ImportError(name)
        return real(name, *arguments, **more)

    monkeypatch.setattr(builtins, "__import__", absent)
    done = rerun(made(GOOD), 60)
    assert done.place == "nowhere"
    assert not done.good
    assert "no jail can be built here" in done.note
    assert done.note.startswith("It was not run")
    assert "pip install nbclient" in done.note


def test_from_the_terminal_it_advises_and_exits_with_0(tmp_path):
    path = tmp_path / "x.ipynb"
    path.write_bytes(GOOD)
    result = CliRunner().invoke(torchstone, ["literate", str(path), "--no-run", "--json"])
    assert result.exit_code == 0
    facts = json.loads(result.output)
    assert (facts["part"], facts["run"]) == ("whole", None)
    assert {a["state"] for a in facts["advice"]} >= {"missing", "there"}
    told = CliRunner().invoke(torchstone, ["literate", str(path), "--no-run"])
    assert "✗ The problem is explained: Open with the problem" in told.output


def test_of_a_weeks_notebook_cells_are_named_as_the_author_counts_them(tmp_path):
    answer = {"nbgrader": {"grade_id": "double", "schema_version": 3, "grade": False, "solution": True}}
    manual = {"nbgrader": {"grade_id": "exploration", "schema_version": 3, "grade": True, "solution": True}}
    path = tmp_path / "week.ipynb"
    path.write_bytes(
        notebook(
            code("import torch"),
            {**code("def double(x):\n    return 2 * x"), "metadata": answer},
            text("## Exploration"),
            code("ax.plot(x)"),
            {**text("I expected more."), "metadata": manual},
        )
    )
    result = CliRunner().invoke(torchstone, ["literate", str(path), "--no-run", "--json"])
    facts = json.loads(result.output)
    assert facts["part"] == "exploration"
    (labels,) = (a for a in facts["advice"] if a["id"] == "labels")
    assert labels["cells"] == ["cell 3"]
