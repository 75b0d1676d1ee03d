"""A long run that is told to stop: it says what it kept, and how to go on."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click


@contextmanager
def stopping(told: Callable[[], str]) -> Iterator[None]:
    """Ends the command with status 130 at Ctrl-C or SIGTERM, with `told()` on stderr. In the main thread only."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        click.echo(f"stopped: {told()}", err=True)
        raise click.exceptions.Exit(130) from None
    finally:
        signal.signal(signal.SIGTERM, before)
