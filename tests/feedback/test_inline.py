from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from torchstone.feedback.inline import formula, inline, quoted


def test_code_and_formulas_among_text():
    html = str(inline("Use `a < b` where $x \\ge 0$ & more"))
    assert html.startswith("Use <code>a &lt; b</code> where <math")
    assert "<mo>≥</mo>" in html or "≥" in html
    assert html.endswith("</math> &amp; more")


@pytest.mark.parametrize(
    "tex",
    [
        "\\text{<script>alert(1)</script>}",
        "\\href{javascript:alert(1)}{x}",
        "\\style{background:url(http://x)}{x}",
        "\\class{x}{y}",
        "a & b",
        "\\frac{",
        "x" * 700,
    ],
)
def test_what_does_more_than_draw_stays_tex(tex):
    assert (
        str(formula(tex)) == "<code>" + tex.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") + "</code>"
    )


@pytest.mark.parametrize(
    "tex",
    [
        "\\Phi(x) + x\\,\\varphi(x)",
        "\\sqrt{\\frac{6}{n_\\text{in} + n_\\text{out}}}",
        "\\sum_{j} p(y=j)\\,w_j = 1",
        "\\frac{\\partial L}{\\partial W_1} = X^\\top \\delta",
        "\\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix}",
        "\\hat{y} \\le \\mathbb{E}[X] \\in \\mathbb{R}^{n \\times d}",
        "\\left\\lVert A \\right\\rVert_2",
    ],
)
def test_what_a_course_writes_is_drawn(tex):
    assert str(formula(tex)).startswith("<math")


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet=st.sampled_from("<>&\"'$`\\{}_^ab ="), max_size=40))
def test_no_text_becomes_markup(text):
    allowed = {"code", "math", "mrow", "mi", "mn", "mo", "mtext", "msub", "msup", "msubsup", "mspace", "mstyle"}
    html = str(inline(text))
    for piece in html.split("<")[1:]:
        assert piece.lstrip("/").split(">")[0].split()[0].rstrip("/") in allowed, html


def test_quoted_knows_code_only():
    assert str(quoted("`x < 1` costs $5 & $6, `")) == "<code>x &lt; 1</code> costs $5 &amp; $6, `"


@given(st.text(max_size=80))
def test_quoted_makes_no_other_markup(text):
    assert "<" not in str(quoted(text)).replace("<code>", "").replace("</code>", "")
