"""Options that several verbs share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from torchstone.config import Course

_Command = TypeVar("_Command", bound=Callable[..., Any])


class CourseType(click.ParamType[Any]):
    """A course directory, read and validated."""

    name = "DIR"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Course:
        from torchstone import config

        return value if isinstance(value, config.Course) else config.load(config.find_root(Path(value)))


class AssignmentType(click.ParamType[Any]):
    """The name of an assignment; completes from the folders below source/."""

    name = "ASSIGNMENT"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        from click.shell_completion import CompletionItem

        names = sorted(p.name for p in Path("source").glob("*") if p.is_dir())
        return [CompletionItem(n) for n in names if n.startswith(incomplete)]


course = click.option(
    "--course", type=CourseType(), default=".", help="The course directory (default: here, or the nearest above)."
)
assignment = click.argument("assignment", type=AssignmentType())
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for other programs.")


def jobs(what: str) -> Callable[[_Command], _Command]:
    """--jobs: how many processes work at once; unless it is said, as many as this one may use cores."""
    return click.option(
        "--jobs", "-j", type=click.IntRange(1), default=_cores, help=f"{what} (default: one for each core)."
    )


def _cores() -> int:
    from torchstone.batch.cores import cores

    return cores()


trust = click.option(
    "--i-trust-this-code",
    "trust",
    is_flag=True,
    help="Run submissions without a jail: only code of people you would hand your keys. Results carry it.",
)
