"""Why a late penalty is what it is."""

from __future__ import annotations

from torchstone.messages._message import Kind, message, plural


@message(Kind.SENTENCE)
def time_unknown() -> str:
    return "The time it was received is not known, so there is no penalty."


@message(Kind.SENTENCE)
def in_time() -> str:
    return "It was received in time."


@message(Kind.SENTENCE, {"days": 1, "free": 0}, {"days": 3, "free": 3})
def costs_nothing(days: int, free: int) -> str:
    return f"{_after(days, free)}, so it costs nothing."


@message(Kind.SENTENCE, {"days": 9, "free": 0, "closes": 7})
def closed(days: int, free: int, closes: int) -> str:
    return f"{_after(days, free)}; submissions close after {closes}."


@message(Kind.SENTENCE, {"days": 2, "free": 1, "fraction": 0.1, "maximum": 40.0})
def costs(days: int, free: int, fraction: float, maximum: float) -> str:
    return f"{_after(days, free)}, which costs {fraction:.0%} of the {maximum:g} points."


def _after(days: int, free: int) -> str:
    reason = f"It was received {plural(days, 'started day', 'started days')} after the deadline"
    if free:
        reason += f", of which {free} {'is' if free == 1 else 'are'} paid from the bank of free late days"
    return reason
