"""`torchstone gallery`: the static site of all shared notebooks."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from torchstone.cli import _options

if TYPE_CHECKING:
    from torchstone.config import Course
    from torchstone.seminar.gallery.site import Audience, Built

_SHOWN: Final = 6


@click.command(epilog="Example: torchstone gallery --to gallery")
@_options.course
@click.option("--to", type=click.Path(path_type=Path, file_okay=False), help="The folder (default: gallery/).")
@click.option(
    "--audience",
    type=click.Choice(["class", "public"]),
    default="class",
    show_default=True,
    help="public: only notebooks whose authors agreed to go beyond the class.",
)
@click.option("--anonymous", is_flag=True, help="Take every author's name out, not only of those who asked for it.")
@click.option("--early", is_flag=True, help="Topics that are not due yet, too.")
@_options.as_json
def command(course: Course, to: Path | None, audience: Audience, anonymous: bool, early: bool, as_json: bool) -> None:
    """Build the site of all shared notebooks: open its index.html, no server is needed. Nothing in it can run.

    Shared are the explorations in submissions on topics that a participant was given, and what `torchstone share add`
    kept. Answers to graded exercises are never shown. The site for the class is for your eyes (mode 700) until you
    hand it on.
    """
    from torchstone.batch import course_lock
    from torchstone.cli._progress import Progress
    from torchstone.seminar.gallery import build

    to = to or course.root / "gallery"
    with course_lock(course.state, "gallery"), Progress(quiet=as_json) as progress:
        built = build(course, to, audience=audience, anonymous=anonymous, early=early, progress=progress)
    if as_json:
        found = [
            {
                "slug": p.slug,
                "title": p.title,
                "author": p.author,
                "topic": p.topic,
                "words": p.words,
                "figures": p.figures,
            }
            for p in built.pieces
        ]
        left_out = [asdict(one) for one in built.left_out]
        click.echo(json.dumps({"index": str(built.index), "notebooks": found, "left_out": left_out}, indent=2))
        return
    for line in left_out_lines(built):
        click.secho(f"· {line}", fg="yellow")
    click.echo(f"{len(built.pieces)} notebooks; open {built.index}")


def left_out_lines(built: Built) -> list[str]:
    """What was left out, a line for each reason."""
    reasons: dict[str, list[str]] = {}
    for one in built.left_out:
        reasons.setdefault(one.reason, []).append(f"{one.student} {one.topic}")
    return [
        f"{len(who)} left out, {reason}: {', '.join(who[:_SHOWN])}{' …' if len(who) > _SHOWN else ''}"
        for reason, who in reasons.items()
    ]
