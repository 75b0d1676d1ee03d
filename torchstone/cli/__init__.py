"""The command line: one short file for each verb, loaded when it is asked for."""

from torchstone.cli._main import main

__all__ = ["main"]
