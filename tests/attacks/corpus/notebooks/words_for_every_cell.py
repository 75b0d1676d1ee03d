"""Long answers and hundreds of cells after them: whoever reads all answers again for each cell never ends."""

import json

from arena.graded import answered_text

from tests.benign.oddities import ANSWERS, cell, code
from torchstone.notebook import program, read, reanchor

CELLS = 300


def handed_in():
    notebook = json.loads(answered_text())
    for name in ANSWERS:
        cell(notebook, name)["source"] += "\n# " + "a b " * 2000
    notebook["cells"] += [code("x") for _ in range(CELLS)]
    return notebook


def words_read(patch, run):
    """How many times the longest answer's characters are read for their words while `run` is at work."""
    read_so_far, words = [], program._words

    def counted(source):
        read_so_far.append(len(source))
        return words(source)

    patch(program, "_words", counted)
    run()
    return sum(read_so_far) / max(read_so_far)


def control(folder, patch):
    answers = [cell(handed_in(), name)["source"] for name in ANSWERS]
    return words_read(patch, lambda: [program._words(text) for _ in range(CELLS) for text in answers]) > CELLS


def ours(folder, patch):
    pristine = read(answered_text().replace("return", "raise NotImplementedError").encode())
    submitted = read(json.dumps(handed_in()).encode())
    return words_read(patch, lambda: reanchor(submitted, pristine, "week01")) > 10
