"""How an answer differs: the gap always, a reference value never."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from torchstone.messages._message import Kind, message

Shape = Sequence[int]


def sizes(shape: Iterable[int]) -> str:
    """«7×5»; «a scalar» where there is no axis."""
    return "×".join(map(str, shape)) or "a scalar"


@message(Kind.FRAGMENT, {"path": "gradient.W1", "what": "shape 2×7; expected 7×2"})
def at(path: str, what: str) -> str:
    """«gradient.W1: shape …»."""
    return f"{path}: {what}" if path else what


@message(Kind.FRAGMENT, {"got": "a list", "expected": "a tensor of shape 7×2"})
def unexpected_type(got: str, expected: str) -> str:
    return f"{got}; expected {expected}"


@message(
    Kind.FRAGMENT,
    {"missing": "W1, b1", "extra": ""},
    {"missing": "", "extra": "w"},
    {"missing": "3 entries", "extra": "w"},
)
def unexpected_keys(missing: str, extra: str) -> str:
    """Which entries are too many or missing, each as a list of names."""
    parts = [f"{missing} missing"] * bool(missing) + [f"{extra} unexpected"] * bool(extra)
    return "; ".join(parts)


@message(Kind.FRAGMENT, {"got": 1, "want": 3}, {"got": 2, "want": 3})
def unexpected_length(got: int, want: int) -> str:
    return f"{got} {'item' if got == 1 else 'items'}; expected {want}"


@message(Kind.FRAGMENT, {"got": (2, 7), "want": (7, 2)}, {"got": (), "want": (3,)})
def unexpected_shape(got: Shape, want: Shape) -> str:
    """«shape 2×7; expected 7×2»."""
    note = ": transposed?" if len(got) == len(want) == 2 and tuple(got) == tuple(reversed(want)) != tuple(want) else ""
    return f"shape {sizes(got)}; expected {sizes(want)}{note}"


@message(Kind.FRAGMENT, {"got": "float64", "want": "float32"})
def unexpected_dtype(got: str, want: str) -> str:
    return f"{got}; expected {want}"


@message(Kind.FRAGMENT, {"got": "cpu", "want": "sim"})
def unexpected_device(got: str, want: str) -> str:
    return f"a tensor on {got}; expected it on {want}"


@message(
    Kind.FRAGMENT,
    {"wrong": 1, "total": 1, "invented": True},
    {"wrong": 1, "total": 1, "invented": False},
    {"wrong": 3, "total": 12, "invented": True, "index": [0, 2]},
    {"wrong": 3, "total": 12, "invented": False, "index": [0, 2]},
)
def not_finite(wrong: int, total: int, invented: bool, index: Sequence[int] = ()) -> str:
    """`invented`: entries are infinite or NaN that should be numbers; otherwise the other way round."""
    if total == 1:
        return "infinite or NaN; expected a finite number" if invented else "expected infinite or NaN"
    what = "are infinite or NaN" if invented else "should be infinite or NaN, or are so in another way"
    return f"{wrong} of {total} entries {what}, the first at {list(index)}"


@message(
    Kind.FRAGMENT,
    {"wrong": 3, "total": 6, "index": [1, 2], "gap": 0.5, "scale": 2.0, "ratio": None},
    {"wrong": 6, "total": 6, "index": [1, 2], "gap": 2.0, "scale": 2.0, "ratio": 2.0},
    {"wrong": 6, "total": 6, "index": [1, 2], "gap": 2.0, "scale": 2.0, "ratio": -1.0},
    {"wrong": 6, "total": 6, "index": [1, 2], "gap": 2.0, "scale": 2.0, "ratio": 0.0},
    {"wrong": 1, "total": 1, "index": [], "gap": 2.0, "scale": 0.0, "ratio": None},
)
def different_entries(
    wrong: int, total: int, index: Sequence[int], *, gap: float, scale: float, ratio: float | None
) -> str:
    """How many entries differ, the worst one at its index, and a constant factor if there is one.

    `gap` is the greatest distance from the truth, `scale` the largest entry of it.
    """
    size = f"off by {gap / scale:.2g} times the largest entry" if scale else "not zero, as it should be"
    tail = f"; {_factor(ratio)}" if ratio is not None else ""
    if total == 1:
        return f"the value is {size.replace('times the largest entry', 'of its size')}{tail}"
    return f"{wrong} of {total} entries differ; the worst, at {list(index)}, is {size}{tail}"


@message(Kind.FRAGMENT, {"wrong": 1, "total": 1, "index": [0]}, {"wrong": 2, "total": 6, "index": [0, 1]})
def different_items(wrong: int, total: int, index: Sequence[int]) -> str:
    """Entries without a distance: integers, truth values."""
    if total == 1:
        return "not the expected value"
    return f"{wrong} of {total} entries differ, the first at {list(index)}"


@message(Kind.FRAGMENT, {"what": "value"}, {"what": "string"})
def different(what: str) -> str:
    """A value without a distance."""
    return f"not the expected {what}"


@message(Kind.FRAGMENT, {"shape": (7, 2)})
def no_gradient(shape: Shape) -> str:
    return f"no gradient arrives (None); expected a tensor of shape {sizes(shape)}"


def _factor(ratio: float) -> str:
    if ratio == 0:
        return "every entry is zero"
    if abs(ratio + 1) < 1e-3:
        return "the sign is the other way round"
    return f"it is {ratio:.3g} times what it should be"
