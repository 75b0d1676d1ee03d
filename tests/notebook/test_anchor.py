"""A submission's answers on the pristine release: what students do to notebooks, and what becomes of it."""

from __future__ import annotations

import copy

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from torchstone.errors import UnreadableNotebook
from torchstone.notebook import declared, read, read_submission, reanchor, stub_program

WEEK = "week04"


def position(nb, name):
    return next(i for i, c in enumerate(nb["cells"]) if c.get("id") == name)


def unmarked(cell):
    return {**copy.deepcopy(cell), "metadata": {}, "id": "0a1b2c3d"}


def kinds(reading):
    return [r.kind for r in reading.repairs]


def sources(reading):
    return [c.source for c in reading.program.cells]


def named(reading):
    return {c.name: c.source for c in reading.program.cells}


# ---- nothing to repair ----------------------------------------------------------------------------------------------


def test_an_ordinary_submission_needs_no_repair(release, submission, made):
    reading = read_submission(made.data(submission), release, WEEK)
    assert reading.repairs == ()
    assert [(c.name, c.number) for c in reading.program.cells] == [
        ("cell-1", 1),
        ("alpha", 2),
        ("beta", 5),
        ("gamma", 7),
    ]
    assert reading.program.assignment == WEEK
    assert reading.notebook == submission


def test_the_pristine_release_is_its_own_reading(release, made):
    reading = read_submission(made.data(release), release, WEEK)
    assert reading.repairs == ()
    assert reading.notebook == release
    assert reading.program == stub_program(release, WEEK)


def test_points_ids_marks_and_metadata_come_from_the_release(release, submission):
    for cell in submission["cells"]:
        mark = cell["metadata"].get("nbgrader", {})
        mark.update(points=1000, grade=not mark.get("grade"), solution=True, locked=False, task=True)
        cell["metadata"]["tags"] = ["demonstration", "setup"]
    submission["metadata"]["kernelspec"]["name"] = "evil"
    reading = reanchor(submission, release, WEEK)
    assert declared(reading.notebook) == declared(release)
    assert [c["metadata"] for c in reading.notebook["cells"]] == [c["metadata"] for c in release["cells"]]
    assert reading.notebook["metadata"] == release["metadata"]
    assert set(named(reading)) == {"cell-1", "alpha", "beta", "gamma"}


def test_the_notebook_that_comes_out_is_valid(release, submission, made):
    submission["cells"] += [made.code("x"), made.text("y"), made.code("z", cell_id="alpha")]
    nbformat.validate(nbformat.from_dict(reanchor(submission, release, WEEK).notebook))


def test_the_release_is_not_changed_by_readings(release, submission):
    before = copy.deepcopy(release)
    reading = reanchor(submission, release, WEEK)
    reading.notebook["cells"][1]["metadata"]["nbgrader"]["points"] = 99
    assert release == before


# ---- unreadable -----------------------------------------------------------------------------------------------------


def test_an_unreadable_file_gives_the_pristine_release(release):
    reading = read_submission(b"not json", release, WEEK)
    assert reading.notebook == release
    assert reading.program == stub_program(release, WEEK)
    (repair,) = reading.repairs
    assert repair.kind == "unreadable"
    assert "hand it in again" in repair.message


def test_a_notebook_of_another_week_is_refused(release, made):
    other = made.notebook(
        made.answer("linreg", "def linreg(): ..."),
        made.check("linreg", 3, "assert linreg"),
        made.text("Mine", "exploration", grade=True, solution=True, points=10),
    )
    with pytest.raises(UnreadableNotebook, match=r"linreg and linreg_check.*week04\.ipynb"):
        reanchor(other, release, WEEK)
    assert kinds(read_submission(made.data(other), release, WEEK)) == ["unreadable"]


def test_a_cell_of_another_week_runs_as_the_students_own(release, submission, made):
    submission["cells"].insert(2, made.answer("linreg", "def linreg(): ..."))
    submission["cells"].insert(2, made.check("linreg", 3, "assert linreg"))
    reading = reanchor(submission, release, WEEK)
    assert named(reading)["cell-3"] == "def linreg(): ..."
    assert "assert linreg" not in sources(reading)
    assert kinds(reading) == ["foreign", "foreign"]
    assert all("linreg" not in str(c["metadata"]) for c in reading.notebook["cells"])


# ---- cells of our own -----------------------------------------------------------------------------------------------


def test_a_changed_grade_cell_is_restored_and_told(release, submission, made):
    made.find(submission, "alpha_check")["source"] = "pass"
    reading = reanchor(submission, release, WEEK)
    assert made.find(reading.notebook, "alpha_check") == made.find(release, "alpha_check")
    (repair,) = reading.repairs
    assert repair.kind == "restored"
    assert repair.cell == "cell 3"


def test_a_changed_locked_text_is_restored(release, submission, made):
    made.find(submission, "about-beta")["source"] = "mine"
    reading = reanchor(submission, release, WEEK)
    assert made.find(reading.notebook, "about-beta")["source"] == "## Beta"
    assert kinds(reading) == ["restored"]


def test_trailing_white_space_is_no_change(release, submission, made):
    made.find(submission, "alpha_check")["source"] += "  \n\n"
    assert reanchor(submission, release, WEEK).repairs == ()


def test_imports_added_to_the_setup_cell_still_run_after_ours(release, submission, made):
    made.find(submission, "imports")["source"] = "import torch\nimport math"
    reading = reanchor(submission, release, WEEK)
    assert sources(reading)[:2] == ["import torch", "import torch\nimport math"]
    assert [c.number for c in reading.program.cells][:2] == [1, 1]
    assert kinds(reading) == ["restored"]


def test_a_changed_copy_of_the_setup_cell_runs_as_the_students_own(release, submission, made):
    copied = {**copy.deepcopy(made.find(submission, "imports")), "source": "import torch\nimport math", "id": "f00"}
    submission["cells"].insert(1, copied)
    reading = reanchor(submission, release, WEEK)
    assert sources(reading)[:2] == ["import torch\nimport math", "import torch"]
    assert reading.repairs == ()


def test_grade_cells_and_demonstrations_never_run(release, submission, made):
    made.find(submission, "training")["source"] = "for epoch in range(10**9): alpha(epoch)"
    texts = "\n".join(sources(reanchor(submission, release, WEEK)))
    assert "epoch" not in texts
    assert "assert" not in texts


def test_a_copied_demonstration_does_not_run_and_is_told(release, submission, made):
    changed = made.demonstration.replace("100", "100_000")
    submission["cells"].insert(8, made.code(changed))
    reading = reanchor(submission, release, WEEK)
    assert changed not in sources(reading)
    assert changed in [c["source"] for c in reading.notebook["cells"]]
    assert kinds(reading) == ["demonstration"]


def test_a_copied_grade_cell_is_left_out(release, submission, made):
    submission["cells"].insert(9, made.check("alpha", 2, "assert False"))
    reading = reanchor(submission, release, WEEK)
    assert reading.notebook == made.answered(release)
    assert kinds(reading) == ["duplicate"]


def test_a_public_check_pasted_into_another_cell_does_not_run(release, submission, made):
    submission["cells"].insert(9, made.code(made.find(release, "alpha_check")["source"]))
    reading = reanchor(submission, release, WEEK)
    assert "assert" not in "".join(sources(reading))
    assert kinds(reading) == ["duplicate"]


def test_missing_cells_are_put_back_in_place(release, submission, made):
    gone = {"imports", "beta", "beta_check", "exploration", "about-beta"}
    submission["cells"] = [c for c in submission["cells"] if c["id"] not in gone]
    reading = reanchor(submission, release, WEEK)
    assert [c["id"] for c in reading.notebook["cells"]] == [c["id"] for c in release["cells"]]
    assert sources(reading)[0] == "import torch"
    (repair,) = reading.repairs
    assert repair.kind == "missing"
    assert repair.message.startswith("Cells beta, imports, about-beta, beta_check and exploration were missing")


def test_prose_and_demonstrations_that_were_deleted_stay_deleted(release, submission):
    gone = {"intro", "training", "about-exploration"}
    submission["cells"] = [c for c in submission["cells"] if c["id"] not in gone]
    reading = reanchor(submission, release, WEEK)
    assert reading.notebook == submission
    assert reading.repairs == ()


def test_setup_runs_before_the_answers_wherever_it_was_moved(release, submission):
    cells = submission["cells"]
    cells.append(cells.pop(position(submission, "imports")))
    reading = reanchor(submission, release, WEEK)
    assert sources(reading)[0] == "import torch"


# ---- answers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stub_first", [True, False])
def test_of_a_copied_cell_the_changed_one_counts(release, submission, made, stub_first):
    at = position(submission, "alpha")
    copied = {**made.answer("alpha", made.stubs["alpha"]), "id": "f00"}
    submission["cells"].insert(at if stub_first else at + 1, copied)
    reading = reanchor(submission, release, WEEK)
    assert named(reading)["alpha"] == "def alpha(x):\n    return x  # answered"
    assert made.stubs["alpha"] not in sources(reading)
    assert [c["id"] for c in reading.notebook["cells"]].count("alpha") == 1
    assert kinds(reading) == ["duplicate"]


def test_of_two_changed_copies_both_run_and_the_last_counts(release, submission, made):
    again = made.answer("alpha", "def alpha(x):\n    return 2 * x")
    submission["cells"].insert(position(submission, "gamma"), {**again, "id": "f00"})
    reading = reanchor(submission, release, WEEK)
    assert named(reading)["alpha"] == again["source"]
    assert sources(reading).index("def alpha(x):\n    return x  # answered") < sources(reading).index(again["source"])
    (repair,) = reading.repairs
    assert repair.kind == "duplicate"
    assert "Cell 7 is the last one" in repair.message


def test_a_cell_split_with_its_mark_runs_in_all_its_parts(release, submission, made):
    at = position(submission, "beta")
    submission["cells"][at]["source"] = "def beta(x):\n    return x"
    submission["cells"].insert(at + 1, {**made.answer("beta", "class Beta:\n    done = True"), "id": "f00"})
    reading = reanchor(submission, release, WEEK)
    parts = ["def beta(x):\n    return x", "class Beta:\n    done = True"]
    assert [s for s in sources(reading) if s in parts] == parts
    (repair,) = reading.repairs
    assert repair.kind == "split"
    assert "cell 5 and cell 6" in repair.message


@pytest.mark.parametrize("exercise", ["beta", "gamma"])
def test_a_cell_split_without_its_mark_keeps_its_order(release, submission, made, exercise):
    at = position(submission, exercise)
    submission["cells"].insert(at + 1, made.code("second_half = True"))
    reading = reanchor(submission, release, WEEK)
    running = sources(reading)
    assert running.index("second_half = True") == running.index(submission["cells"][at]["source"]) + 1
    assert reading.repairs == ()


def test_the_last_part_of_the_last_exercise_may_stand_at_the_end(release, submission, made):
    submission["cells"].append({**made.answer("gamma", "constant = 3"), "id": "f00"})
    reading = reanchor(submission, release, WEEK)
    assert sources(reading)[-2:] == ["def gamma(x):\n    return x  # answered", "constant = 3"]
    assert kinds(reading) == ["split"]


@pytest.mark.parametrize("sign", ["id", "definitions"])
def test_an_answer_that_lost_its_mark_is_recognised(release, submission, made, sign):
    cell = made.find(submission, "beta")
    cell["metadata"] = {}
    if sign == "definitions":
        del cell["id"]
    reading = reanchor(submission, release, WEEK)
    assert named(reading)["beta"] == "def beta(x):\n    return x  # answered"
    assert reading.notebook == made.answered(release)
    assert kinds(reading) == ["metadata"]


def test_a_notebook_without_any_mark_is_read_whole(release, submission, made):
    for cell in submission["cells"]:
        cell["metadata"] = {}
        del cell["id"]
    made_again = {"alpha", "beta", "gamma"}
    reading = reanchor(submission, release, WEEK)
    assert made_again <= set(named(reading))
    assert kinds(reading).count("metadata") == 1
    assert "assert" not in "".join(sources(reading))
    assert made.demonstration not in sources(reading)


def test_an_answer_turned_into_text_is_read_as_code(release, submission, made):
    cell = made.find(submission, "alpha")
    cell["cell_type"] = "markdown"
    del cell["outputs"], cell["execution_count"]
    reading = reanchor(submission, release, WEEK)
    assert named(reading)["alpha"] == "def alpha(x):\n    return x  # answered"
    assert made.find(reading.notebook, "alpha")["cell_type"] == "code"
    assert kinds(reading) == ["type"]


def test_an_answer_written_into_another_cell_is_not_hidden_by_the_stub_below_it(release, submission, made):
    made.find(submission, "alpha")["source"] = made.stubs["alpha"]
    mine = "def alpha(x):\n    return 3"
    submission["cells"].insert(position(submission, "alpha"), made.code(mine))
    reading = reanchor(submission, release, WEEK)
    assert mine in sources(reading)
    assert made.stubs["alpha"] not in sources(reading)
    (repair,) = reading.repairs
    assert repair.kind == "stub"
    assert "cell 2 defines alpha" in repair.message


def test_two_answers_merged_into_one_cell_both_count(release, submission, made):
    cells = submission["cells"]
    gamma = cells.pop(position(submission, "gamma"))
    made.find(submission, "beta")["source"] += "\n\n" + gamma["source"]
    reading = reanchor(submission, release, WEEK)
    assert made.stubs["gamma"] not in sources(reading)
    assert "def gamma" in named(reading)["beta"]
    assert kinds(reading) == ["missing", "stub"]


def test_moved_answers_run_in_the_students_order(release, submission):
    cells = submission["cells"]
    cells.insert(position(submission, "alpha"), cells.pop(position(submission, "gamma")))
    reading = reanchor(submission, release, WEEK)
    assert [c.name for c in reading.program.cells] == ["cell-1", "gamma", "alpha", "beta"]
    assert kinds(reading) == ["reordered"]


def test_the_manual_answer_is_kept_and_its_copies_are_shown(release, submission, made):
    again = made.text("And more.", "exploration", cell_id="f00", grade=True, solution=True)
    submission["cells"].append(again)
    reading = reanchor(submission, release, WEEK)
    assert made.find(reading.notebook, "exploration")["source"] == "And more."
    assert "I saw that it memorises." in [c["source"] for c in reading.notebook["cells"]]
    assert kinds(reading) == ["duplicate"]


# ---- cells of the student's own -------------------------------------------------------------------------------------


def test_extra_cells_run_in_their_place(release, submission, made):
    submission["cells"].insert(position(submission, "alpha"), made.code("helper = 1"))
    submission["cells"].insert(position(submission, "gamma"), made.code("helper = 2"))
    reading = reanchor(submission, release, WEEK)
    assert [c.name for c in reading.program.cells] == ["cell-1", "cell-2", "alpha", "beta", "cell-8", "gamma"]
    assert reading.repairs == ()


def test_a_submissions_own_tags_keep_nothing_from_running(release, submission, made):
    submission["cells"].insert(3, made.code("helper = 1", tags=["demonstration"]))
    assert "helper = 1" in sources(reanchor(submission, release, WEEK))


def test_the_exploration_after_the_last_exercise_does_not_run(release, submission, made):
    at = position(submission, "exploration")
    submission["cells"].insert(at, made.code("train_for_a_minute()"))
    submission["cells"].append(made.code("plot()"))
    reading = reanchor(submission, release, WEEK)
    assert not {"train_for_a_minute()", "plot()"} & set(sources(reading))
    assert {"train_for_a_minute()", "plot()"} <= {c["source"] for c in reading.notebook["cells"]}
    assert reading.repairs == ()


def test_a_helper_below_the_last_exercise_is_told(release, submission, made):
    made.find(submission, "alpha")["source"] = "def alpha(x):\n    return helper(x)"
    submission["cells"].append(made.code("def helper(x):\n    return x"))
    (repair,) = reanchor(submission, release, WEEK).repairs
    assert repair.kind == "exploration"
    assert "helper" in repair.message


def test_ids_are_unique_and_no_extra_cell_keeps_a_mark(release, submission, made):
    hostile = made.code("x = 1", cell_id="intro")
    submission["cells"] += [hostile, copy.deepcopy(hostile), made.text("t", cell_id="no good id"), made.code("y")]
    cells = reanchor(submission, release, WEEK).notebook["cells"]
    ids = [c["id"] for c in cells]
    assert len(ids) == len(set(ids))
    assert all(c["metadata"] == {} for c in cells[len(release["cells"]) :])


def test_pictures_of_the_exploration_stay_and_those_of_answers_go(release, submission, made):
    picture = [{"output_type": "display_data", "metadata": {}, "data": {"text/plain": "figure"}}]
    made.find(submission, "alpha")["outputs"] = picture
    made.find(submission, "alpha_check")["outputs"] = picture
    submission["cells"].append({**made.code("plot()"), "outputs": picture})
    cells = reanchor(submission, release, WEEK).notebook["cells"]
    assert [c["source"] for c in cells if c.get("outputs")] == ["plot()"]


# ---- magics ---------------------------------------------------------------------------------------------------------


def test_magics_are_told_with_their_lines(release, submission, made):
    made.find(submission, "alpha")["source"] = "%matplotlib inline\n!pip install x\ndef alpha(x):\n    return x"
    submission["cells"].insert(2, made.code("%%bash\nls"))
    reading = reanchor(submission, release, WEEK)
    assert named(reading)["alpha"] == "\n\ndef alpha(x):\n    return x"
    assert sorted(r.cell for r in reading.repairs) == ["cell 2", "cell 3"]
    assert any("line 2 (`!pip install x`)" in r.message for r in reading.repairs)
    assert all("ls" not in s.split() for s in sources(reading))


# ---- laws -----------------------------------------------------------------------------------------------------------


@st.composite
def disturbed(draw, release, made):
    """A submission whose cells were shuffled, doubled, extended, stripped of marks, and deleted."""
    nb = made.answered(release)
    cells = [c for c in nb["cells"] if draw(st.integers(0, 9)) or c["id"] in made.stubs]
    cells += [made.code(f"extra_{i} = {i}") for i in range(draw(st.integers(0, 3)))]
    for cell in draw(st.lists(st.sampled_from(cells), max_size=3)):
        cells.append(
            {**copy.deepcopy(cell), "id": "copy", "source": cell["source"] + draw(st.sampled_from(["", "\n#"]))}
        )
    for cell in cells:
        if not draw(st.integers(0, 9)):
            cell["metadata"] = {}
    nb["cells"] = draw(st.permutations(cells)) if draw(st.booleans()) else cells
    return nb


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_every_answer_is_kept_whatever_happens_to_the_notebook(release, made, data):
    nb = data.draw(disturbed(release, made))
    reading = reanchor(nb, release, WEEK)
    running = "\n".join(sources(reading))
    for name in made.stubs:
        assert f"def {name}(x):\n    return x  # answered" in running
    assert len({c.name for c in reading.program.cells}) == len(reading.program.cells)
    assert {e.id for e in declared(reading.notebook)} == {
        *made.stubs,
        "exploration",
    }


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_the_students_cells_keep_their_order(release, made, data):
    nb = data.draw(disturbed(release, made))
    reading = reanchor(nb, release, WEEK)
    numbers = [c.number for c in reading.program.cells if c.source != "import torch"]
    assert numbers == sorted(numbers)
    code = [c["source"] for c in nb["cells"] if c["cell_type"] == "code"]
    assert all(code[c.number - 1] == c.source for c in reading.program.cells if c.source != "import torch")


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_reading_what_was_read_gives_the_same_program(release, made, data):
    first = reanchor(data.draw(disturbed(release, made)), release, WEEK)
    again = reanchor(read(made.data(first.notebook)), release, WEEK)
    assert sources(again) == sources(first)
    assert again.notebook == first.notebook


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_what_is_ours_is_never_the_students(release, made, data):
    reading = reanchor(data.draw(disturbed(release, made)), release, WEEK)
    marked = [c for c in reading.notebook["cells"] if c["metadata"].get("nbgrader")]
    ours = [c for c in release["cells"] if c["metadata"].get("nbgrader")]
    assert sorted(c["id"] for c in marked) == sorted(c["id"] for c in ours)
    for cell in marked:
        pristine = made.find(release, cell["id"])
        assert cell["metadata"] == pristine["metadata"]
        if not pristine["metadata"]["nbgrader"]["solution"]:
            assert cell == pristine
