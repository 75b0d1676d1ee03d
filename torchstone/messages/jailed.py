"""What is said from inside the jail, or of it, where no verdict says it: short, since it may be quoted in one."""

from __future__ import annotations

from torchstone.messages._message import Kind, message


@message(Kind.FRAGMENT, {"why": "a list of 20 levels"})
def cell_refused(why: str) -> str:
    return f"this cell could not be run: {why}"


@message(Kind.FRAGMENT, {"mine": "5×3, 3", "wanted": "3×5, 3"})
def misfit(mine: str, wanted: str) -> str:
    return f"parameters of shapes {mine}; expected {wanted}"


@message(Kind.FRAGMENT)
def nobody_to_ask() -> str:
    return "input() has nobody to ask while a notebook is graded"


@message(Kind.FRAGMENT)
def unreadable_message() -> str:
    """In the place of an exception's text that raises when it is read."""
    return "(its message could not be read)"
