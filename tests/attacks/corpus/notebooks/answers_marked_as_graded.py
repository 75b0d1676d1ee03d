"""The metadata of answers say that they are graded cells themselves: whatever runs has its points."""

from arena.graded import handed_in

NAMES = ("forward", "gradient")


def change(notebook):
    for cell in notebook["cells"]:
        marks = cell["metadata"].get("nbgrader", {})
        if marks.get("grade_id") in NAMES:
            marks.update(grade=True, points=2, locked=True)


def control(folder, patch):
    return handed_in(change, honest=2, right=["count"], naive=True)


def ours(folder, patch):
    return handed_in(change, honest=2, right=["count"])
