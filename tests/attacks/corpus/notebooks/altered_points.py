"""The notebook says that its exercises are worth a hundred times as much."""

from arena.graded import handed_in


def change(notebook):
    for cell in notebook["cells"]:
        mark = cell["metadata"].get("nbgrader", {})
        if "points" in mark:
            mark["points"] *= 100


def control(folder, patch):
    return handed_in(change, honest=2, right=["count"], naive=True)


def ours(folder, patch):
    return handed_in(change, honest=2, right=["count"])
