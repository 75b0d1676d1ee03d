"""`torchstone week`: a week's graders, graded."""

from __future__ import annotations

from typing import Final

import click

from torchstone.cli._lazy import VerbGroup

VERBS: Final = {
    "check": "Prove that a week's graders can be trusted.",
    "mutate": "Make mistakes by machine; list those that lose no points.",
    "new": "Scaffold a week that passes its own check.",
    "table": "Write docs/weeks.md.",
}


@click.group(
    cls=VerbGroup,
    package="torchstone.cli.week",
    sections={"Commands": VERBS},
    epilog="Example: torchstone week check week04",
)
def command() -> None:
    """Grade a week's graders before they grade anyone."""
