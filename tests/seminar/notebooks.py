"""Notebooks that participants might share, and one that attacks whoever reads it."""

from __future__ import annotations

import base64
import html
import io
import json
from functools import cache


def text(source, **more):
    return {"cell_type": "markdown", "metadata": {}, "source": source, **more}


def code(source, *outputs):
    return {"cell_type": "code", "metadata": {}, "source": source, "execution_count": 1, "outputs": list(outputs)}


def shown(**data):
    return {"output_type": "display_data", "metadata": {}, "data": {k.replace("_", "/", 1): v for k, v in data.items()}}


def figure(alt):
    """What the kit's `plots.show` displays."""
    return shown(
        text_html=f'<img alt="{html.escape(alt)}" style="max-width: 100%" src="data:image/png;base64,{_png()}">'
    )


@cache
def _png():
    from matplotlib import pyplot

    from torchstone.kit import plots

    fig, ax = plots.figure()
    runs = {"with momentum": [2.0 ** (-n / 3) for n in range(20)], "plain": [0.9**n for n in range(20)]}
    plots.lines(ax, range(20), runs)
    ax.set(xlabel="step", ylabel="loss")
    ax.legend()
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png")
    pyplot.close(fig)
    return base64.b64encode(buffer.getvalue()).decode()


def notebook(*cells):
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    made = [{"id": f"c{n}", **cell} for n, cell in enumerate(cells)]
    return json.dumps({"cells": made, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}).encode()


#: Every known way to bring a script into a page by a notebook; each would set `window.pwned`.
HOSTILE_TEXTS = (
    "<script>window.pwned = 1</script>",
    "<img src=x onerror='window.pwned = 1'>",
    "<svg onload='window.pwned = 1'><script>window.pwned = 1</script></svg>",
    "<iframe srcdoc='<script>parent.pwned = 1</script>'></iframe>",
    "<details open ontoggle='window.pwned = 1'>x</details>",
    "<meta http-equiv=refresh content='0;url=javascript:window.pwned=1'>",
    "<style>@import 'http://evil.example/x.css'; body { display: none }</style>",
    "<form action='http://evil.example'><button>send</button></form>",
    "<base href='http://evil.example/'>",
    "[x](javascript:window.pwned=1) [y](JaVaScRiPt:window.pwned=1) [z](java&#10;script:window.pwned=1)",
    "[x](data:text/html;base64,PHNjcmlwdD4=) [y](vbscript:x) [z](file:///etc/passwd)",
    "![x](javascript:window.pwned=1) ![y](http://evil.example/pixel.png) ![z](data:image/svg+xml;base64,PHN2Zz4=)",
    '![x" onerror="window.pwned=1](data:image/png;base64,AAAA)',
    "<http://evil.example/'onmouseover='window.pwned=1>",
    '[x](https://a.example/"onmouseover="window.pwned=1)',
    "[x]: javascript:window.pwned=1\n\n[x]",
    "$\\text{<img src=x onerror=window.pwned=1>}$ $\\href{javascript:window.pwned=1}{x}$",
    "$$\n</math><script>window.pwned = 1</script>\n$$",
    "```html\n</code></pre><script>window.pwned = 1</script>\n```",
    '```"onload=window.pwned=1\nx\n```',
    "| a |\n|---|\n| <script>window.pwned = 1</script> |",
    "# <script>window.pwned = 1</script> heading",
    "<!--><script>window.pwned = 1</script>-->",
    "<noscript><p title='</noscript><img src=x onerror=window.pwned=1>'>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror=window.pwned=1&gt;'>",
    "&lt;script&gt;window.pwned = 1&lt;/script&gt; &#x3c;img src=x onerror=window.pwned=1&#x3e;",
    "piece-0; \ue0000\ue001 &#xe000;0&#xe001; [x](https://a.example/&#xe000;0&#xe001;)",
    "<a id='texts'></a><a href='#x' target=_blank onclick='window.pwned=1'>x</a>",
    "</div></main></body><script>window.pwned = 1</script>",
    "<textarea></textarea><script>window.pwned = 1</script>",
)

HOSTILE_OUTPUTS = (
    shown(text_html="<script>window.pwned = 1</script>"),
    shown(**{"image_svg+xml": "<svg xmlns='http://www.w3.org/2000/svg' onload='window.pwned = 1'/>"}),
    shown(application_javascript="window.pwned = 1"),
    shown(image_png='AAAA" onerror="window.pwned = 1'),
    shown(text_plain="</pre><script>window.pwned = 1</script>"),
    {"output_type": "stream", "name": "stdout", "text": "</pre><script>window.pwned = 1</script>\x1b[31m"},
    shown(text_html='<img alt="a" style="max-width: 100%" src="data:image/png;base64,AA" onerror="window.pwned=1">'),
    {
        **shown(image_png=base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"\0" * 20).decode()),
        "metadata": {"image/png": {"alt": '"><script>window.pwned = 1</script>'}},
    },
    shown(text_latex="$\\href{javascript:window.pwned=1}{x}$", text_markdown="<script>window.pwned = 1</script>"),
)


def hostile():
    """A notebook that tries everything at once."""
    return notebook(
        text("# Trust me</title><script>window.pwned = 1</script>"),
        *(text(source) for source in HOSTILE_TEXTS),
        code("</code></pre><script>window.pwned = 1</script>", *HOSTILE_OUTPUTS),
        {"cell_type": "raw", "metadata": {"format": "text/html"}, "source": "<script>window.pwned = 1</script>"},
        text("![p](attachment:a.png)", attachments={"a.png": {"image/png": '"><script>window.pwned=1</script>'}}),
    )


CODE = '''
import torch

torch.manual_seed(0)


def step(x, v, beta=0.9):
    """One step of momentum."""
    return x - 0.1 * v, beta * v + 2 * x  # f(x) = x²


print(step(1.0, 0.0))
'''

OPENING = r"""
How does *momentum* change the path through a narrow valley? With $f(x) = \tfrac12 x^\top A x$ the answer is in the
eigenvalues of $A$.

$$v_{t+1} = \beta v_t + g_t$$
"""

HYPOTHESIS = """
## Hypothesis

Momentum needs fewer steps when the condition number is above 10. It is refuted if plain descent is as fast.

| seed | steps |
|---:|---:|
| 0 | 41 |
| 1 | 39 |
"""

MEANING = """
## What it means

> A ball rolls further than a feather.

1. Read [the chapter](https://d2l.ai).
2. Vary `beta`.
"""

ALT = "Loss against step, falling: with momentum it reaches 0.01 in half as many steps as plain descent."


def friendly(title="Momentum and the shape of a valley", more=""):
    """A notebook as one would like to have it."""
    printed = {"output_type": "stream", "name": "stdout", "text": "(1.0, 2.0)\n"}
    return notebook(
        text(f"# {title}\n{OPENING}\n{more}"),
        text(HYPOTHESIS),
        code(CODE, printed),
        code("plots.show(fig, alt=ALT)", figure(ALT)),
        text(MEANING),
    )
