"""A further grade cell of the student's own, worth much."""

from arena.graded import handed_in


def change(notebook):
    mark = {"grade": True, "grade_id": "bonus", "points": 50, "locked": True, "solution": False, "schema_version": 3}
    cell = {"cell_type": "code", "metadata": {"nbgrader": mark}, "source": "1", "outputs": [], "execution_count": None}
    notebook["cells"].append(cell)


def control(folder, patch):
    return handed_in(change, honest=2, right=["count"], naive=True)


def ours(folder, patch):
    return handed_in(change, honest=2, right=["count"])
