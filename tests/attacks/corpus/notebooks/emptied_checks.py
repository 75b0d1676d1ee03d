"""The locked cells of checks ask nothing any more."""

from arena.graded import handed_in


def change(notebook):
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade"):
            cell["source"] = "pass"


def control(folder, patch):
    return handed_in(change, honest=0, right=[], naive=True)


def ours(folder, patch):
    return handed_in(change, honest=0, right=[])
