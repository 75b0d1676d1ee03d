"""The normal form: stable, complete, and what Jupyter writes back."""

from __future__ import annotations

import copy
import json

import nbformat
from hypothesis import given, settings
from hypothesis import strategies as st

from torchstone.notebook import dumps, is_normal, normalize, read


def used(release):
    """The release after someone worked in it."""
    nb = copy.deepcopy(release)
    for i, cell in enumerate(nb["cells"]):
        cell["metadata"] |= {"collapsed": True, "ExecuteTime": {"start": "now"}}
        if cell["cell_type"] == "code":
            cell |= {"execution_count": i, "outputs": [{"output_type": "stream", "name": "stdout", "text": "x"}]}
        if "nbgrader" in cell["metadata"]:
            cell["id"] = f"random{i}"
    nb["metadata"] |= {"widgets": {}, "kernelspec": {"name": "my-env", "display_name": "Mine", "language": "python"}}
    nb["nbformat_minor"] = 4
    return nb


def test_brings_a_used_notebook_back(release):
    assert is_normal(release)
    assert not is_normal(used(release))
    assert normalize(used(release)) == release


def test_gives_missing_doubled_and_bad_ids(made):
    nb = made.notebook(
        made.text("a"), made.text("b", cell_id="x"), made.code("c", cell_id="x"), made.code("d", cell_id="no id!")
    )
    assert [c["id"] for c in normalize(nb)["cells"]] == ["markdown-1", "x", "code-3", "code-4"]


def test_does_not_touch_its_argument(release):
    nb = used(release)
    before = copy.deepcopy(nb)
    normalize(nb)
    assert nb == before


def test_text_is_what_jupyter_writes(release):
    text = dumps(release)
    assert text == nbformat.writes(nbformat.reads(text, as_version=4)) + "\n"
    assert json.loads(text)["cells"][3]["source"][0] == "def alpha(x):\n"


@settings(deadline=None)
@given(st.lists(st.text(alphabet="ab\n\u2028\x0c «é", max_size=12), max_size=4))
def test_what_is_written_is_read_back(made, sources):
    nb = normalize(made.notebook(*map(made.code, sources), *map(made.text, sources)))
    assert read(dumps(nb).encode()) == nb
    assert is_normal(nb)
    assert dumps(nb).endswith("}\n")
