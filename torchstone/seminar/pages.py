"""The seminar's pages: self-contained, without scripts, in the style of the feedback pages."""

from __future__ import annotations

import base64
import io
from functools import cache
from typing import Any, Final

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from torchstone.kit import plots

_DPI: Final = 110


@cache
def environment() -> Environment:
    """Templates of the seminar, over the base page and the style sheet of the feedback pages."""
    made = Environment(
        loader=ChoiceLoader([PackageLoader("torchstone.seminar"), PackageLoader("torchstone.feedback")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    # The style sheet is ours and holds neither `<` nor `&`: it stands in <style> as it is.
    made.globals["style"] = Markup(made.get_template("style.css").render())
    made.filters["embedded"] = embedded
    return made


def embedded(png: bytes) -> str:
    """A picture as an address that needs no file beside the page."""
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def figure(width: float, height: float) -> tuple[Any, Any]:
    """A figure (inches) and its one axis in the course's style, without any global state of pyplot."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(plots.STYLE):
        made = Figure(figsize=(width, height), dpi=_DPI, layout="constrained")
        axis = made.add_subplot()
        axis.spines[["top", "right"]].set_visible(False)
    return made, axis


def png(fig: Any, title: str, alt: str) -> bytes:
    """The figure as PNG; its alternative text travels in the file as `Description`."""
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", metadata={"Title": title, "Description": alt, "Software": None})
    return buffer.getvalue()
