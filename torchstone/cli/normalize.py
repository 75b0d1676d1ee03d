"""`torchstone normalize`: a source notebook into normal form."""

from __future__ import annotations

import os
import tempfile

import click

from torchstone.cli import _options
from torchstone.config import Course
from torchstone.errors import CourseError


@click.command(epilog="Example: torchstone normalize week04")
@_options.assignment
@_options.course
def command(assignment: str, course: Course) -> None:
    """Bring source/ASSIGNMENT's notebook into normal form: no outputs, stable ids, stable layout."""
    from torchstone.notebook import dumps, is_normal, normalize, read

    path = course.source / assignment / f"{assignment}.ipynb"
    if not path.is_file():
        raise CourseError(f"{path} is missing")
    notebook = read(path.read_bytes())
    if is_normal(notebook) and dumps(notebook) == path.read_text():
        click.echo(f"{path} is in normal form")
        return
    fd, name = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    with os.fdopen(fd, "w") as f:
        f.write(dumps(normalize(notebook)))
    os.chmod(name, path.stat().st_mode & 0o777)
    os.replace(name, path)
    click.echo(f"{path} is in normal form now")
