"""The texts of a student's bundle."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path
from typing import Final

from torchstone.config import Course

#: What a student installs, beside Torchstone itself.
STUDENT_PACKAGES: Final = ("click", "jupyterlab", "matplotlib", "numpy", "rich", "torch")


def constraints(root: Path) -> str:
    """The pins of a student's packages: those of the course's constraints.txt, else of this installation."""
    file = root / "constraints.txt"
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    pins = {m[1].lower(): m[2] for m in re.finditer(r"^([\w.-]+)==([\w.+!-]+)", text, re.MULTILINE)}
    chosen = [f"{name}=={pins.get(name) or metadata.version(name).split('+')[0]}" for name in STUDENT_PACKAGES]
    return "\n".join(["# The versions that the course was tested with.", *chosen]) + "\n"


def readme(course: Course, assignment: str, wheel: str) -> str:
    """What a student reads first."""
    topic = course.topic(assignment)
    due = course.due(assignment)
    return f"""# {course.title}: {topic.title} ({assignment})

Due {due:%A, %d %B %Y, %H:%M} ({course.settings.timezone}). Reading: {topic.reading}.

## Set up, once

With Python 3.11 or newer, in this folder (`python3` instead of `python` on some systems):

```
python -m venv .venv
.venv/bin/python -m pip install -c constraints.txt {wheel} jupyterlab
```

On Windows the second line begins with `.venv\\Scripts\\python`. If one of the pinned versions is not available for your
system, leave out `-c constraints.txt`. Then check the machine: `.venv/bin/torchstone doctor --student`.

## Work

```
.venv/bin/jupyter lab {assignment}.ipynb
```

Write your answers where the notebook says `YOUR CODE HERE` or `YOUR ANSWER HERE`. Below each exercise is a cell with
its public checks: run it as often as you like. To run them all, with explanations:
`.venv/bin/torchstone check {assignment}.ipynb`. After you hand in, more inputs are tried than the public checks have.

## Hand in

The file `{assignment}.ipynb`, under that name. Please leave the cells where they are; add as many as you need.
"""
