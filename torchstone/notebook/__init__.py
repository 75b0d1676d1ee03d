"""Notebooks as data: strict reading, re-anchoring on the release, and the program that goes to the jail.

Pure functions over nbformat 4 JSON. Nothing here runs a cell, imports nbformat or nbgrader, or believes a submission's
own metadata.
"""

from torchstone.notebook.anchor import read_submission, reanchor
from torchstone.notebook.bounds import MAX_BYTES, oversize_marker
from torchstone.notebook.declare import NotebookExercise, declared
from torchstone.notebook.exploration import answers_in, authored_part, exploration_of, exploration_part
from torchstone.notebook.normal import dumps, is_normal, normalize
from torchstone.notebook.pictures import alternative
from torchstone.notebook.program import solution_program, stub_program
from torchstone.notebook.read import read

__all__ = [
    "MAX_BYTES",
    "NotebookExercise",
    "alternative",
    "answers_in",
    "authored_part",
    "declared",
    "dumps",
    "exploration_of",
    "exploration_part",
    "is_normal",
    "normalize",
    "oversize_marker",
    "read",
    "read_submission",
    "reanchor",
    "solution_program",
    "stub_program",
]
