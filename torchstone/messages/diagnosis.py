"""What is said of causes, beside the hints themselves."""

from __future__ import annotations

from torchstone.messages._message import Kind, message


@message(Kind.QUESTION)
def constant_factor() -> str:
    return "All that differs is a constant factor: what is summed or averaged, over which axes, and how often?"


@message(Kind.QUESTION)
def undefined_at_zero() -> str:
    return "Which of the inputs are 0, and which logarithm or division of yours meets them?"


@message(Kind.SENTENCE)
def no_known_pattern() -> str:
    return "No known pattern fits everything that was tried here: what stands above is all we can say."


@message(Kind.ADVICE, {"section": "mlp_forward_backward"})
def section(section: str) -> str:
    return f"Read the section on `{section}` in your notebook once more."
