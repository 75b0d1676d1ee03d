"""Loss landscapes over two weights, and the paths of optimizers through them.

`quadratic` makes a landscape, `contours` draws one, `path` draws the points that an optimizer visited.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from torchstone.kit.plots import COLOURS, DASHES, MARKERS

Landscape = Callable[[Tensor], Tensor]  #: from points [..., 2] to values [...]


def quadratic(A: Tensor) -> Landscape:
    """½·xᵀAx: a bowl, a valley or a saddle, by the eigenvalues of A [2, 2]."""

    def value(x: Tensor) -> Tensor:
        return 0.5 * torch.einsum("...i,ij,...j->...", x, A, x)

    return value


def contours(
    ax: Any,
    f: Landscape,
    x: tuple[float, float],
    y: tuple[float, float],
    levels: int | Sequence[float] = 14,
    points: int = 160,
) -> None:
    """Contour lines of f over the rectangle x × y, thin and grey; below 0 they are dashed."""
    first, second = torch.meshgrid(torch.linspace(*x, points), torch.linspace(*y, points), indexing="xy")
    with torch.no_grad():
        values = f(torch.stack([first, second], -1))
    ax.contour(first.numpy(), second.numpy(), values.numpy(), levels=levels, colors="darkgray", linewidths=0.8)
    ax.set(xlim=x, ylim=y)


def path(ax: Any, points: Tensor, label: str, number: int = 0, every: int = 1) -> None:
    """The points [steps, 2] joined by a line, one in `every` marked; `number` chooses colour, dash and marker."""
    cue = {"color": COLOURS[number % 7], "linestyle": DASHES[number % 7], "marker": MARKERS[number % 7]}
    x, y = points.detach().T.numpy()
    ax.plot(x, y, label=label, markersize=4, linewidth=1.4, markevery=every, **cue)
