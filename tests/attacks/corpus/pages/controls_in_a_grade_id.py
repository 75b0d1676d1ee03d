"""The id of a cell, and the name of a function, hold what steers a terminal, or fill the page: both are told to staff."""

import json

from arena.graded import answered_text, wrong

from tests.benign.oddities import cell, code
from torchstone.notebook import read, read_submission

ID = "for\x1b[2J\u202eeign"
NAME = "n" * 50_000


def handed_in():
    notebook = json.loads(answered_text())
    cell(notebook, "count")["source"] += f"\n# {NAME}"
    notebook["cells"].insert(2, code("x = 1", ID, solution=True))
    notebook["cells"].append(code(f"def {NAME}(): pass"))
    return json.dumps(notebook).encode()


def harmful(messages):
    return any(not message.isprintable() or len(message) > 2000 for message in messages)


def control(folder, patch):
    return harmful([f"Cells marked as {ID} are not part of this assignment"]) and harmful([f"{NAME} is defined there"])


def ours(folder, patch):
    repairs = read_submission(handed_in(), read(wrong().encode()), "week01").repairs
    assert {"foreign", "exploration"} <= {repair.kind for repair in repairs}
    return harmful([repair.message for repair in repairs])
