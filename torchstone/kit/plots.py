"""Figures that can be read by everyone: colour-safe, labelled, with alternative text.

`figure` makes one, `lines`, `bars` and `images` draw into it, `show` displays it with its alternative text. matplotlib
is imported when the first figure is made, not before.
"""

from __future__ import annotations

import base64
import html
import io
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

import torch
from torch import Tensor

Values = Tensor | Sequence[float] | Sequence[Sequence[float]]

#: Okabe and Ito's palette (jfly.uni-koeln.de/color), which people with any common colour vision tell apart.
COLOURS: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
#: A second cue for every colour: lines differ in dash and marker too.
DASHES: Final = ("-", "--", "-.", ":", (0, (5, 1, 1, 1)), (0, (3, 1)), (0, (1, 1)))
MARKERS: Final = ("o", "s", "^", "D", "v", "P", "X")

HATCHES: Final = ("", "//", "..", "xx", "\\\\", "++", "oo")

STYLE: Final[dict[str, Any]] = {
    "figure.dpi": 110,
    "figure.constrained_layout.use": True,
    "font.size": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 12,
    "axes.grid": True,
    "grid.alpha": 0.25,
}


def figure(
    rows: int = 1, columns: int = 1, size: tuple[float, float] | None = None, **subplots: Any
) -> tuple[Any, Any]:
    """A figure and its axes in the course's style; `size` in inches, the rest goes to `matplotlib.pyplot.subplots`."""
    from matplotlib import pyplot

    with pyplot.rc_context(STYLE):
        made = pyplot.subplots(rows, columns, figsize=size or (4.6 * columns + 0.4, 3.4 * rows), **subplots)
    return made[0], made[1]


def show(fig: Any, alt: str) -> None:
    """Shows a figure with its alternative text, and closes it. Outside a notebook it prints the text.

    `alt` says what a reader should see in the figure: its message, not its looks.
    """
    if not alt.strip():
        raise ValueError("alt is empty: say in one or two sentences what the figure shows")
    display = _notebook()
    if display is None:
        print(f"[figure] {alt}")
    else:
        buffer = io.BytesIO()
        fig.savefig(buffer, format="png")
        data = base64.b64encode(buffer.getvalue()).decode()
        display(f'<img alt="{html.escape(alt)}" style="max-width: 100%" src="data:image/png;base64,{data}">')
    from matplotlib import pyplot

    pyplot.close(fig)


def lines(ax: Any, x: Values, runs: Mapping[str, Values], markers: bool = False) -> None:
    """One line a name: values [points], or [seeds, points] drawn as their mean with the range over seeds shaded."""
    at = torch.as_tensor(x, dtype=torch.float64).numpy()
    for number, (label, values) in enumerate(runs.items()):
        table, colour = _table(values), COLOURS[number % 7]
        marker = MARKERS[number % 7] if markers else None
        ax.plot(
            at,
            table.mean(0).numpy(),
            label=label,
            color=colour,
            linestyle=DASHES[number % 7],
            marker=marker,
            linewidth=2,
        )
        if len(table) > 1:
            low, high = table.amin(0).numpy(), table.amax(0).numpy()
            ax.fill_between(at, low, high, color=colour, alpha=0.18, linewidth=0)


def bars(ax: Any, names: Sequence[str], groups: Mapping[str, Values]) -> None:
    """Grouped bars: for each group values [seeds, names]; the bar is the mean, every seed is a dot."""
    width = 0.8 / len(groups)
    for number, (label, values) in enumerate(groups.items()):
        table = _table(values)
        at = torch.arange(len(names)).numpy() + (number - (len(groups) - 1) / 2) * width
        cue = {"color": COLOURS[number % 7], "hatch": HATCHES[number % 7]}
        ax.bar(at, table.mean(0).numpy(), 0.92 * width, label=label, alpha=0.55, edgecolor="white", **cue)
        for row in table:
            ax.plot(at, row.numpy(), "o", color="black", markersize=3, alpha=0.8)
    ax.set_xticks(range(len(names)), names)
    ax.grid(False, axis="x")


def images(axes: Any, pictures: Tensor, titles: Sequence[str] = ()) -> None:
    """Images [n, 64] or [n, h, w] in 0..1, one an axis, ink on paper."""
    for number, (ax, picture) in enumerate(zip(_flat(axes), pictures, strict=True)):
        side = int(picture.numel() ** 0.5)
        pixels = picture.reshape(side, -1) if picture.dim() == 1 else picture
        ax.imshow(pixels.numpy(), cmap="gray_r", vmin=0, vmax=1)
        ax.set_xticks([])
        ax.set_yticks([])
        ax.grid(False)
        ax.spines[:].set(visible=True, color="lightgray")
        if number < len(titles):
            ax.set_title(titles[number], fontsize=10, loc="center")


def _table(values: Values) -> Tensor:
    """Values [points] or [seeds, points] as float64 [seeds, points]."""
    table = torch.as_tensor(values, dtype=torch.float64)
    return table if table.dim() == 2 else table.unsqueeze(0)


def _flat(axes: Any) -> list[Any]:
    return list(axes.flat) if hasattr(axes, "flat") else list(axes) if isinstance(axes, (list, tuple)) else [axes]


def _notebook() -> Any:
    """What displays HTML in the running notebook; None outside one. IPython is asked only if it is there already."""
    ipython = sys.modules.get("IPython")
    if ipython is None or ipython.get_ipython() is None:
        return None
    from IPython.display import HTML, display

    return lambda text: display(HTML(text))
