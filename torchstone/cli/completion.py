"""`torchstone completion SHELL`."""

import click
from click.shell_completion import get_completion_class


@click.command(epilog='Example: eval "$(torchstone completion bash)"')
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the tab completion for SHELL; put the example's line into your shell's start file."""
    completer = get_completion_class(shell)
    assert completer is not None
    click.echo(completer(ctx.find_root().command, {}, "torchstone", "_TORCHSTONE_COMPLETE").source())
