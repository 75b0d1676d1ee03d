"""Advice to the author of a literate notebook: each demand of the seminar, present and absent."""

from __future__ import annotations

from pathlib import Path

import pytest

from torchstone.kit.literate import advise
from torchstone.kit.literate.code import read_code
from torchstone.notebook import authored_part, exploration_part, read

ROOT = Path(__file__).parents[2]

OPENING = """
# Does momentum help in a valley?

The question is whether momentum needs fewer steps than plain descent when the valley is narrow. It matters because the
loss surfaces of networks are full of such valleys, and most optimizers that we use every day carry some kind of
momentum along with them.

**Hypothesis.** I expect half as many steps; it is refuted if plain descent is as fast. See Sutskever et al. (2013).
"""
EXPERIMENT = """
for seed in range(5):
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(2, generator=generator)
    losses.append(descend(x))
"""
FIGURE = """
fig, ax = plots.figure()
plots.lines(ax, range(20), {"momentum": losses})
ax.set(xlabel="step", ylabel="loss")
plots.show(fig, alt="The loss falls twice as fast with momentum.")
"""
CLOSING = """
**Figure 1.** Loss against step, mean and range over five seeds.

## What it means

The hypothesis holds in this valley: the curve with momentum reaches the same loss in half as many steps. It does not
hold for a round bowl, where momentum overshoots; and a larger step size failed altogether.
""" + " ".join(["Here follows what I tried on the way, and why the steps were chosen as they were."] * 12)


def text(source):
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def code(source, *outputs):
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": list(outputs)}


def notebook(opening=OPENING, experiment=EXPERIMENT, figure=FIGURE, closing=CLOSING):
    words = "Now the experiment, with five seeds."
    return {"cells": [text(opening), code("import torch"), text(words), code(experiment), code(figure), text(closing)]}


def states(notebook):
    return {a.id: a.state for a in advise(notebook)}


def test_a_notebook_that_has_it_all_is_told_so():
    assert set(states(notebook()).values()) == {"there"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"opening": "# Momentum"}, {"problem": "missing", "hypothesis": "look", "references": "missing"}),
        ({"opening": OPENING.replace("**Hypothesis.** I expect", "We see")}, {"hypothesis": "look"}),
        ({"figure": FIGURE.replace(', ylabel="loss"', "")}, {"labels": "missing"}),
        ({"figure": FIGURE.replace(', alt="The loss falls twice as fast with momentum."', "")}, {"alt": "missing"}),
        ({"figure": "print(losses)"}, {"figures": "missing"}),
        (
            {"experiment": EXPERIMENT.replace("generator = torch.Generator().manual_seed(seed)", "pass")},
            {"seeds": "missing"},
        ),
        ({"experiment": EXPERIMENT.replace("range(5)", "range(1)")}, {"seeds": "look"}),
        ({"experiment": "\n".join(f"x{n} = {n}" for n in range(41))}, {"cells": "look"}),
        ({"experiment": "def f(:\n    pass"}, {"python": "missing"}),
        ({"experiment": EXPERIMENT + 'data = open("/home/me/data.csv")\n'}, {"paths": "missing"}),
        ({"closing": "Done."}, {"captions": "missing", "interpretation": "missing", "balance": "missing"}),
        ({"closing": CLOSING.replace("does not", "does").replace("failed", "worked")}, {"interpretation": "look"}),
        ({"closing": CLOSING + "\n![](picture.png)"}, {"alt": "missing"}),
    ],
)
def test_each_thing_that_is_missing_is_named(change, expected):
    found = states(notebook(**change))
    assert {name: found[name] for name in expected} == expected


def test_a_cell_is_named_as_the_author_counts_it():
    (labels,) = (a for a in advise(notebook(figure="ax.plot([1, 2])")) if a.id == "labels")
    assert labels.cells == ("cell 3",)
    assert labels.text.startswith("Label both axes")


def test_code_that_nobody_explains_is_named():
    bare = {"cells": [text(OPENING), code("import torch"), code(EXPERIMENT * 2), text(CLOSING)]}
    (solution,) = (a for a in advise(bare) if a.id == "solution")
    assert (solution.state, solution.cells) == ("missing", ("cell 2",))


def test_pictures_of_images_need_no_labels_and_bars_have_names():
    for drawn in ("plots.images(axes, pictures)", "ax.imshow(x)", 'ax.bar(names, x); ax.set(ylabel="errors (%)")'):
        assert states(notebook(figure=f"{drawn}; plots.show(fig, alt='a text')"))["labels"] == "there"


@pytest.mark.parametrize(
    "source", ["optimizer.step()", "step(1)", "lines = text.splitlines()", "bar = 3", "plots.show"]
)
def test_what_only_sounds_like_drawing_is_no_figure(source):
    assert not read_code(source).draws


@pytest.mark.parametrize(
    "source",
    [
        "for seed in (0, 1, 2): f()",
        "seeds = [1, 2, 3]",
        "r = [f(seed) for seed in seeds]",
        "for s_seed in range(n): f()",
    ],
)
def test_three_seeds_are_seen_in_many_ways(source):
    assert read_code(source).many_seeds


@pytest.mark.parametrize("source", ["for seed in range(2): f()", "seed = 3", "for i in range(9): f()", "seeds = [1]"])
def test_fewer_are_not_taken_for_three(source):
    assert not read_code(source).many_seeds


@pytest.mark.parametrize("source", ["%%bash\nls", "\0", "(" * 5000, "x = " + "-" * 3000 + "1", ""])
def test_no_cell_stops_the_advice(source):
    assert states(notebook(experiment=source)).keys() == states(notebook()).keys()


def test_an_empty_notebook_is_told_what_a_notebook_needs():
    found = states({"cells": []})
    assert {n for n, s in found.items() if s == "missing"} >= {
        "problem",
        "hypothesis",
        "solution",
        "figures",
        "references",
    }


def test_the_courses_model_notebook_lacks_no_explanation():
    found = states(read((ROOT / "source/week04/week04.ipynb").read_bytes()))
    for demand in (
        "problem",
        "balance",
        "python",
        "figures",
        "captions",
        "alt",
        "interpretation",
        "references",
        "paths",
    ):
        assert found[demand] != "missing", demand


def test_the_tasks_own_words_are_not_taken_for_the_authors():
    part, report = authored_part(read((ROOT / "release/week04/week04.ipynb").read_bytes()))
    found = {a.id: a.state for a in advise(part, report=report)}
    wanted = ("problem", "hypothesis", "balance", "figures", "interpretation", "references")
    assert {name: found[name] for name in wanted} == dict.fromkeys(wanted, "missing")


def test_a_report_in_one_cell_after_the_code_is_opening_and_conclusion():
    cells = notebook()["cells"]
    report = text("\n".join(["**Question and hypothesis**", OPENING, "**Result** (refer to your figure)", CLOSING]))
    weekly = {"cells": [code("import torch"), text("The experiment."), *cells[3:5], report]}
    without = {a.id: a.state for a in advise(weekly)}
    found = {a.id: a.state for a in advise(weekly, report=4)}
    assert without["problem"] == "missing"
    assert set(found.values()) == {"there"}


def test_of_a_weeks_notebook_the_exploration_is_looked_at():
    part = exploration_part(read((ROOT / "release/week04/week04.ipynb").read_bytes()))
    ids = [cell["id"] for cell in part["cells"]]
    assert "exploration" in ids
    assert "mlp_backward" not in ids
