"""A group of verbs whose files are imported on demand, so that `--help` never waits for torch."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import click


class VerbGroup(click.Group):
    """`sections` are title → verb → what it does; the file of each is `package`.<verb>, which has a `command`."""

    def __init__(self, *args: Any, package: str, sections: Mapping[str, Mapping[str, str]], **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self._package, self._sections = package, sections
        self._verbs = {verb: does for verbs in sections.values() for verb, does in verbs.items()}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._verbs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._verbs:
            return None
        command: click.Command = importlib.import_module(f"{self._package}.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(map(len, self._verbs))
        for title, verbs in self._sections.items():
            with formatter.section(title):
                formatter.write_dl([(verb.ljust(width), does) for verb, does in verbs.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self._verbs and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], self._verbs, 1)
            hint = f"; did you mean `{near[0]}`?" if near else f"; there are {', '.join(self._verbs)}"
            raise click.UsageError(f"there is no command `{args[0]}`{hint}")
        return super().resolve_command(ctx, args)
