"""`torchstone secret`: the course's secret."""

from __future__ import annotations

from pathlib import Path

import click

from torchstone import secret
from torchstone.cli import _options
from torchstone.config import Course


@click.group(epilog="Example: torchstone secret export ~/safe/nndl-2021.secret")
def command() -> None:
    """The course's secret: hidden tests' inputs are drawn from it. Keep a copy in a safe place, never in git."""


@command.command(epilog="Example: torchstone secret create")
@_options.course
def create(course: Course) -> None:
    """Make the secret of a new course."""
    click.echo(f"made {course.secret_path}, fingerprint {secret.fingerprint(secret.create(course.secret_path))}")


@command.command(epilog="Example: torchstone secret show")
@_options.course
def show(course: Course) -> None:
    """Show the fingerprint; it tells nothing about the secret and stands in every result."""
    click.echo(secret.fingerprint(secret.load(course.secret_path)))


@command.command(epilog="Example: torchstone secret export ~/safe/nndl-2021.secret")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@_options.course
def export(file: Path, course: Course) -> None:
    """Copy the secret to FILE (mode 600)."""
    secret.load(course.secret_path)
    secret.import_from(course.secret_path, file)
    click.echo(f"wrote {file}")


@command.command("import", epilog="Example: torchstone secret import ~/safe/nndl-2021.secret")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@_options.course
def import_(file: Path, course: Course) -> None:
    """Bring the secret from FILE; another one that is there is never replaced."""
    click.echo(f"fingerprint {secret.fingerprint(secret.import_from(file, course.secret_path))}")
