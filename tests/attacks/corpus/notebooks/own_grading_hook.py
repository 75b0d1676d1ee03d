"""Code in the notebook that raises the points of the notebook being graded."""

from arena.graded import handed_in

TEXT = """
import sys
frame = sys._getframe()
while frame is not None:
    cells = frame.f_locals.get("notebook", {}).get("cells", []) if "notebook" in frame.f_locals else []
    for cell in cells:
        cell["metadata"].get("nbgrader", {}).update(points=1000)
    frame = frame.f_back
"""


def change(notebook):
    cell = {"cell_type": "code", "metadata": {}, "source": TEXT, "outputs": [], "execution_count": None}
    notebook["cells"].insert(0, cell)


def control(folder, patch):
    return handed_in(change, honest=2, right=["count"], naive=True)


def ours(folder, patch):
    return handed_in(change, honest=2, right=["count"])
