"""The secret folder: what stands behind the reference, and who else there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from torchstone.errors import CourseError, CourseFault
from torchstone.judge.loading import load
from torchstone.judge.week import Week, script_cells
from torchstone.model import Cell, Program
from torchstone.secret import PUBLIC_KEY

SOLUTION = Program("week01", (Cell("cell-1", 1, "import math\n"), Cell("e", 2, "def f(): return math.pi\n")))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "alternatives").mkdir()
    (tmp_path / "reference.py").write_text("def g(): return 1\n")
    return tmp_path


def week(folder: Path, solution: Program | None = SOLUTION) -> Week:
    return Week(folder, PUBLIC_KEY, solution)


def test_the_solution_stands_in_for_what_the_reference_lacks(folder: Path) -> None:
    names = week(folder).names
    assert names["g"]() == 1
    assert names["f"]() > 3
    with pytest.raises(KeyError):
        names["h"]


def test_the_solution_is_only_run_where_it_is_needed(folder: Path) -> None:
    broken = Program("week01", (Cell("e", 2, "1 / 0\n"),))
    assert week(folder, broken).names["g"]() == 1
    with pytest.raises(CourseFault, match=r"solution's cell 2 \(e\) raises ZeroDivisionError"):
        week(folder, broken).names["f"]


def test_an_alternative_takes_the_place_of_the_solutions_cells(folder: Path) -> None:
    text = '"""Why it is written so."""\n# %% helpers\ndef pi(): return 3\n# %% e\ndef f(): return pi()\n'
    (folder / "alternatives" / "other.py").write_text(text)
    cells = week(folder).alternative("other").cells
    assert [c.name for c in cells] == ["script", "helpers", "cell-1", "e"]
    assert [c.number for c in cells] == [1, 2, 3, 4]
    assert cells[3].source == "def f(): return pi()\n"
    assert cells[2].source == "import math\n"


def test_without_a_solution_there_is_nobody_to_edit(folder: Path) -> None:
    (folder / "alternatives" / "other.py").write_text("# %% e\n")
    with pytest.raises(CourseError, match="has no solution here"):
        week(folder, None).alternative("other")


def test_cells_of_a_script() -> None:
    assert script_cells("x = 1\n# %% e\ny = 2\n# %%\nz = 3\n") == (
        Cell("script", 1, "x = 1\n"),
        Cell("e", 2, "y = 2\n"),
        Cell("script-3", 3, "z = 3\n"),
    )
    assert script_cells("\n\n") == ()


def test_a_file_is_loaded_anew_each_time(tmp_path: Path) -> None:
    path = tmp_path / "reference.py"
    path.write_text("import dataclasses\nSEEN = []\n@dataclasses.dataclass\nclass Pair:\n    a: 'int'\n")
    first, second = load(path), load(path)
    first.SEEN.append(1)
    assert second.SEEN == []
    assert first.Pair(1).a == 1
