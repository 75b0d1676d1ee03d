"""The class of twelve: a week played in a scratch copy of the course, with what was expected beside what was given.

And the semester of thirty: `semester.play_semester`.
"""

from torchstone.demo.play import DemoReport, DemoRow, play

__all__ = ["DemoReport", "DemoRow", "play"]
