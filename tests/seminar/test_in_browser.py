"""Pages as a real browser shows them: text that can be read, in light and dark, and nothing wider than the window."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from torchstone.feedback.insights import insights
from torchstone.feedback.insights_page import insights_page
from torchstone.model import CheckResult, ExerciseResult, Hint, Result, Stage, Verdict
from torchstone.seminar.gallery import build
from torchstone.seminar.ledger import New
from torchstone.seminar.marking import enter, mark
from torchstone.seminar.rubric import load_rubric
from torchstone.seminar.scored import write_scored_pages
from torchstone.seminar.shared import share

from .browser import browser
from .notebooks import friendly

#: Every text whose contrast with what is behind it is below WCAG's AA, as «text: ratio».
FAINT = """
(() => {
  const channel = c => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const parse = text => text.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = element => {
    for (let e = element; e; e = e.parentElement) {
      const colour = parse(getComputedStyle(e).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const element = node.parentElement;
    if (!node.data.trim() || element.tagName === "SCRIPT" || !element.getClientRects().length) continue;
    const style = getComputedStyle(element);
    const ink = parse(element.namespaceURI.endsWith("svg") ? style.fill : style.color);
    const [low, high] = [luminance(ink), luminance(behind(element))].sort((a, b) => a - b);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < 4.5) found.push(node.data.trim().slice(0, 40) + ": " + ratio.toFixed(2));
  }
  return found;
})()
"""
WIDER = "document.documentElement.scrollWidth > window.innerWidth"


def class_page():
    def result(passed):
        hint = Hint("missed 1/N", "Divide by the number of examples, as $\\frac{1}{N}$ says.")
        verdict = None if passed else Verdict(Stage.VALUE, "differs", hint=hint)
        status = "passed" if passed else "failed"
        check = CheckResult("mlp", "test", "The loss", 4.0, 4.0 * passed, status, verdict=verdict)
        return Result("week04", "p", "k", (ExerciseResult("mlp", 4.0, 4.0 * passed, (check,)),), "namespaces")

    return insights_page(insights("week04", [result(True)] * 20 + [result(False)] * 9), "Multilayer perceptrons")


@pytest.mark.slow
def test_every_text_can_be_read_in_light_and_dark(course, tmp_path):
    for n in range(1, 4):
        share(course, f"s{n:02d}", "week04", friendly(f"Valleys, {n}"))
    built = build(course, tmp_path / "site", now=datetime(2022, 2, 1, tzinfo=UTC))
    (tmp_path / "insights.html").write_text(class_page())
    rubric = load_rubric(course, "participation")
    score = mark(rubric, "s01", "week04", {"present": 2, "attends": 1}, "Ask your question earlier: it was a good one.")
    enter(course, [New(score, "ta1")])
    (scored,) = write_scored_pages(course, ["s01"])
    notebook = built.to / "notebooks" / "week04-s01.html"
    work = tmp_path / "browser"
    work.mkdir()
    with browser(work) as tab:
        pages = (built.index, built.to / "authors.html", notebook, tmp_path / "insights.html", scored)
        for number, page in enumerate(pages):
            tab.open(page.as_uri())
            for dark in (False, True):
                tab.picture(work / f"{number}-{dark}.png", dark=dark)
                assert tab.ask("matchMedia('(prefers-color-scheme: dark)').matches") is dark
                assert tab.ask(FAINT) == [], (page.name, dark)
            assert not tab.ask(WIDER), page.name
        assert tab.complaints == []
