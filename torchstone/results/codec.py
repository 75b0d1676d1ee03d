"""Results, their summaries and repairs as JSON, checked on the way in."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from torchstone.errors import StoreError
from torchstone.model import Repair, Result
from torchstone.results.summary import Summary


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def dump_result(result: Result) -> str:
    return _adapter(Result).dump_json(result).decode()


def load_result(text: str | bytes) -> Result:
    """Raises StoreError if `text` is not a Result of this version."""
    try:
        result: Result = _adapter(Result).validate_json(text)
    except ValidationError as e:
        raise StoreError(
            f"a stored result cannot be read ({e.error_count()} faults in it); grade again with --fresh"
        ) from e
    return result


def dump_summary(summary: Summary) -> str:
    return _adapter(Summary).dump_json(summary).decode()


def load_summary(text: str) -> Summary:
    summary: Summary = _adapter(Summary).validate_json(text)
    return summary


def dump_repairs(repairs: tuple[Repair, ...]) -> str:
    return _adapter(tuple[Repair, ...]).dump_json(repairs).decode()


def load_repairs(text: str) -> tuple[Repair, ...]:
    repairs: tuple[Repair, ...] = _adapter(tuple[Repair, ...]).validate_json(text)
    return repairs
