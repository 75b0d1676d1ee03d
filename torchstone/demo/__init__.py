"""The class of twelve: a week played in a scratch copy of the course, with what was expected beside what was given."""

from torchstone.demo.play import DemoReport, DemoRow, play

__all__ = ["DemoReport", "DemoRow", "play"]
