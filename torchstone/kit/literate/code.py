"""What a code cell does, read off its syntax: figures, labels, randomness, seeds. Nothing is run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

#: Methods that draw: of an axis, of pyplot, of the kit's `plots`.
_DRAWING = """
    plot scatter bar barh hist imshow errorbar fill_between boxplot violinplot contour contourf pcolormesh hexbin loglog
    semilogx semilogy stem lines bars images quiver matshow
"""
_DRAWS: Final = frozenset(_DRAWING.split())
#: Pictures of images: their axes are pixels and need no labels.
_PICTURES: Final = frozenset({"imshow", "images", "matshow"})
#: Bars have names on one axis, which label it.
_NAMED: Final = frozenset({"bar", "barh", "bars"})
_X: Final = frozenset({"xlabel", "set_xlabel", "supxlabel"})
_Y: Final = frozenset({"ylabel", "set_ylabel", "supylabel"})
_TITLES: Final = frozenset({"title", "set_title", "suptitle"})
_DRAWING_LOTS = """
    rand randn randint randperm rand_like randn_like normal uniform shuffle choice permutation bernoulli multinomial
    sample normal_ uniform_ bernoulli_ kaiming_ xavier_ kaiming_normal_ kaiming_uniform_ xavier_normal_ xavier_uniform_
    random_split dropout standard_normal integers Linear Conv1d Conv2d LSTM GRU RNN Embedding MultiheadAttention Dropout
"""
_RANDOM: Final = frozenset(_DRAWING_LOTS.split())
_SEEDS: Final = frozenset({"manual_seed", "seed", "default_rng", "RandomState", "SeedSequence", "PRNGKey"})
_MAGIC: Final = re.compile(r"^(\s*)[%!?].*$", re.MULTILINE)
_ABSOLUTE: Final = re.compile(r"^(?:[A-Za-z]:[\\/]|/(?:home|Users|mnt|media|root|tmp)/|~/)")
_ENOUGH: Final = 3


@dataclass(frozen=True)
class Code:
    """What one code cell was seen to do."""

    lines: int  #: of code: neither empty nor a comment
    draws: bool
    pictures_only: bool  #: all that it draws are images
    x_label: bool
    y_label: bool
    title: bool
    alt: bool  #: some call is given an `alt`
    random: bool
    seeded: bool
    many_seeds: bool  #: a loop or a list over three seeds or more
    paths: tuple[str, ...]  #: absolute paths of somebody's own machine
    broken: str = ""  #: why it is no Python


def read_code(source: str) -> Code:
    """What the cell does; one that is no Python (after IPython's lines are left out) is `broken`."""
    text = _MAGIC.sub(r"\1pass", source)
    lines = sum(1 for line in source.splitlines() if line.strip() and not line.strip().startswith("#"))
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as e:
        return Code(
            lines, False, False, False, False, False, False, False, False, False, (), f"{type(e).__name__}: {e}"
        )
    called, methods = set(_called(tree)), set(_methods(tree))
    keywords = {k.arg for node in ast.walk(tree) if isinstance(node, ast.Call) for k in node.keywords if k.arg}
    draws = methods & _DRAWS
    texts = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return Code(
        lines=lines,
        draws=bool(draws),
        pictures_only=bool(draws) and draws <= _PICTURES,
        x_label=bool(called & _X) or "xlabel" in keywords or bool(draws & _NAMED),
        y_label=bool(called & _Y) or "ylabel" in keywords or "barh" in draws,
        title=bool(called & _TITLES) or "title" in keywords,
        alt="alt" in keywords,
        random=bool(called & _RANDOM),
        seeded=bool(called & _SEEDS) or bool(keywords & {"seed", "random_state"}),
        many_seeds=any(_over_seeds(node) for node in ast.walk(tree)),
        paths=tuple(text for text in texts if _ABSOLUTE.match(text)),
    )


def _methods(tree: ast.AST) -> Iterator[str]:
    """The last part of every dotted name that is called: `plot` of `ax.plot(…)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr


def _called(tree: ast.AST) -> Iterator[str]:
    """Every name that is called, or its last part."""
    yield from _methods(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id


def _over_seeds(node: ast.AST) -> bool:
    """Whether this is `for seed in range(5)`, `seeds = [0, 1, 2]`, or the like."""
    if isinstance(node, ast.For | ast.comprehension):
        return _names_seed(node.target) and (_many(node.iter) or _names_seed(node.iter))
    if isinstance(node, ast.Assign):
        return any(_names_seed(target) for target in node.targets) and _many(node.value)
    return False


def _names_seed(node: ast.AST) -> bool:
    names = [n.id for n in ast.walk(node) if isinstance(n, ast.Name)]
    return any("seed" in name.lower() for name in names)


def _many(node: ast.AST) -> bool:
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return len(node.elts) >= _ENOUGH
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range":
        bounds = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, int)]
        if len(bounds) == len(node.args) == 1:
            return bounds[0] >= _ENOUGH
        return len(bounds) != len(node.args) or (len(bounds) > 1 and bounds[1] - bounds[0] >= _ENOUGH)
    return False
