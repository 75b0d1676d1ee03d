"""Whatever a notebook holds, nothing of it runs and nothing is fetched."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from torchstone.notebook import read
from torchstone.seminar.gallery.markdown import rendered
from torchstone.seminar.gallery.pages import Site, authors_page, index_page, notebook_page
from torchstone.seminar.gallery.piece import piece

from . import notebooks

#: All that a page may consist of, beside MathML.
_TEXT = "a blockquote br code del em h1 h2 h3 h4 h5 h6 hr li ol p pre span strong table tbody td th thead tr ul"
ELEMENTS = {*_TEXT.split(), "div", "figure", "img"}
_MATH = "mrow mi mn mo mtext mspace mfrac msqrt mroot mstyle mpadded mphantom msub msup msubsup munder mover munderover"
MATH = {*_MATH.split(), "math", "mmultiscripts", "mprescripts", "none", "mtable", "mtr", "mtd"}
ATTRIBUTES = {"a": ("href", "rel"), "img": ("src", "alt"), "ol": ("start",)}
ATTRIBUTES |= dict.fromkeys(("pre", "span", "div"), ("class",))


class Inspector(HTMLParser):
    """Collects what a browser would find."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.faults = []

    def handle_starttag(self, tag, attributes):
        if tag not in ELEMENTS | MATH:
            self.faults.append(f"<{tag}>")
        for name, value in attributes:
            if tag not in MATH and name not in ATTRIBUTES.get(tag, ()):
                self.faults.append(f"{tag} {name}")
            if name == "href" and not value.startswith(("https://", "http://", "mailto:")):
                self.faults.append(f"href {value}")
            if name == "src" and not value.startswith(("data:image/png;base64,", "data:image/jpeg;base64,")):
                self.faults.append(f"src {value[:40]}")
            if name.startswith("on"):
                self.faults.append(name)

    def handle_comment(self, data):
        self.faults.append(f"comment {data}")


def faults(html):
    inspector = Inspector()
    inspector.feed(str(html))
    inspector.close()
    return inspector.faults


def made(data):
    return piece(read(data), slug="week04-s01", author="A B", topic="week04", fallback="Untitled", whole=True)


@pytest.mark.parametrize("source", notebooks.HOSTILE_TEXTS)
def test_no_text_brings_anything_active(source):
    assert faults(rendered(source, {})) == []


@pytest.mark.parametrize("output", notebooks.HOSTILE_OUTPUTS)
def test_no_output_brings_anything_active(output):
    assert [f for block in made(notebooks.notebook(notebooks.code("x", output))).blocks for f in faults(block)] == []


SNIPPETS = [*notebooks.HOSTILE_TEXTS, "```\n", "$$", "](", "![", "\n\n", "* ", *"`$[)<>|#&'\""]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(SNIPPETS) | st.text(max_size=8), max_size=12).map("".join))
def test_no_mixture_brings_anything_active(source):
    assert faults(rendered(source, {"a.png": {"image/png": "AAAA"}})) == []


def test_what_a_text_means_stays():
    html = rendered("Caf&eacute; & *more* <b>bold</b>, $x<1$ and [here](https://d2l.ai)\n\n- `a<b`\n", {})
    assert "Café &amp; <em>more</em> bold" in html
    assert "<math" in html
    assert '<a href="https://d2l.ai" rel="noreferrer noopener">here</a>' in html
    assert "<li><code>a&lt;b</code></li>" in html


def test_a_mark_of_ours_cannot_be_written_by_a_text():
    first = rendered("$a$ piece-0; piece-00000000000000000000000000000000-0;", {})
    assert first.count("<math") == 1


@pytest.mark.parametrize("source", ["[" * 40_000, ">" * 40_000, "*a" * 30_000, "x" * 100_000, "- " * 20_000])
def test_a_text_made_to_be_slow_is_still_a_page(source):
    assert faults(rendered(source, {})) == []


def test_the_hostile_notebook_is_a_page_with_no_script_and_its_policy():
    one = made(notebooks.hostile())
    assert [f for block in one.blocks for f in faults(block)] == []
    site = Site("Course", "For this class only.", {"week04": "Week 4"})
    page = notebook_page(site, [one], 0)
    assert "<script" not in page
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in page
    for listing in (index_page(site, [one]), authors_page(site, [one])):
        assert listing.count("<script") == 2  # the texts that are searched, and our search
        assert "script-src 'sha256-" in listing
        start = listing.index('id="texts">') + len('id="texts">')
        texts = json.loads(listing[start : listing.index("</script>", start)])
        assert "pwned" in texts["week04-s01"]


def test_what_is_downloaded_is_a_notebook_without_anything_active():
    data = made(notebooks.hostile()).download
    loaded = nbformat.reads(data, as_version=4)
    nbformat.validate(loaded)
    kinds = {kind for cell in loaded.cells for output in cell.get("outputs", ()) for kind in output.get("data", ())}
    assert kinds <= {"text/plain", "image/png", "image/jpeg"}
    assert all(not cell.metadata for cell in loaded.cells)


def test_a_figure_without_a_description_says_so():
    png = notebooks.figure("")
    (block,) = made(notebooks.notebook(notebooks.code("draw()", png))).blocks
    assert 'alt="figure of cell 1; its author gave no description"' in block
