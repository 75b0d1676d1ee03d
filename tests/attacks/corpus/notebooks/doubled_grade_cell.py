"""The check of an exercise that is right comes twice, and counts twice."""

import copy

from arena.graded import handed_in


def change(notebook):
    cell = next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == "count_check")
    notebook["cells"] += [copy.deepcopy(cell) for _ in range(3)]


def control(folder, patch):
    return handed_in(change, honest=2, right=["count"], naive=True)


def ours(folder, patch):
    return handed_in(change, honest=2, right=["count"])
