"""What a notebook declares, and faults that stop a release."""

from __future__ import annotations

import copy

import pytest

from torchstone.errors import GateError
from torchstone.notebook import NotebookExercise, declared


def test_ids_points_and_titles(release):
    assert declared(release) == (
        NotebookExercise("alpha", 2, "alpha_check", False, "Alpha"),
        NotebookExercise("beta", 3, "beta_check", False, "Beta"),
        NotebookExercise("gamma", 1, "gamma_check", False, "Beta"),
        NotebookExercise("exploration", 10, "exploration", True, "Exploration"),
    )


def test_a_manual_answers_own_headings_are_no_title(release, made):
    nb = copy.deepcopy(release)
    made.find(nb, "exploration")["source"] = "### BEGIN SOLUTION\nText\n### END SOLUTION"
    assert declared(nb) == declared(release)


def test_an_answer_without_its_grade_cell_stops(release):
    nb = copy.deepcopy(release)
    nb["cells"] = [c for c in nb["cells"] if c["id"] != "beta_check"]
    with pytest.raises(GateError, match=r"beta: .*beta_check"):
        declared(nb)


def test_a_grade_cell_without_an_answer_stops(release):
    nb = copy.deepcopy(release)
    nb["cells"] = [c for c in nb["cells"] if c["id"] != "beta"]
    with pytest.raises(GateError, match=r"beta_check: .*no answer cell"):
        declared(nb)


def test_an_id_twice_stops(release, made):
    nb = copy.deepcopy(release)
    nb["cells"].append(copy.deepcopy(made.find(nb, "alpha")))
    with pytest.raises(GateError, match=r"alpha: .*more than once"):
        declared(nb)
