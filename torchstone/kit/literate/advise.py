"""From a notebook's cells to advice: one small question after another, each answered from text and syntax alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from torchstone.kit.literate.advice import Advice, State
from torchstone.kit.literate.code import Code, read_code

#: Words of prose that open the notebook, that follow the last figure, and that the whole holds at least.
OPENING_WORDS: Final = 40
CLOSING_WORDS: Final = 25
PROSE_WORDS: Final = 250
#: Words of prose for a line of code. Well-liked notebooks lie between 4 and 15.
FEWEST_WORDS_A_LINE: Final = 3.0
#: Lines of code in one cell that still fit a screen, and from how many on a cell wants its own explanation.
LONGEST_CELL: Final = 40
SHORT_CELL: Final = 4

_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_MATHS: Final = re.compile(r"\$\$.*?\$\$|\$[^$\n]+\$", re.DOTALL)
_FENCE: Final = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_TAG: Final = re.compile(r"<[^<>]*>|\]\([^)]*\)")
_HEADING: Final = re.compile(r"^#{1,6}\s+(.+)$", re.MULTILINE)
_MARKDOWN_IMAGE: Final = re.compile(r"!\[([^\]]*)\]\([^)]+\)")
_REFERENCE: Final = re.compile(
    r"https?://|\bdoi\b|\barxiv\b|\bet al\b|\(\D{0,60}(?:19|20)\d\d[a-z]?\)|\[\d{1,3}\]|\bchapter \d|\bch\. ?\d",
    re.IGNORECASE,
)
_REFERENCES: Final = re.compile(r"\b(references?|sources?|bibliography|literature|further reading)\b", re.IGNORECASE)
_PROBLEM: Final = re.compile(
    r"\b(question|problem|puzzle|aim|goal|motivation|task|exercise|why|how|what|whether|does)\b", re.IGNORECASE
)
_HYPOTHESIS: Final = re.compile(r"\bhypothes|\bpredict|\bexpect|\bconjectur|\bsuppos|\bclaim", re.IGNORECASE)
_FAILURE: Final = re.compile(
    r"\bfail|\blimit|\bhowever\b|\bdid not\b|\bdoes not\b|\bcannot\b|\bcaveat|\bwrong\b|\bsurpris|\bunless\b",
    re.IGNORECASE,
)
_CAPTION: Final = re.compile(r"\bfig(?:ure|\.)|\bcaption\b|\bcurves?\b|\bbars?\b|\bpanels?\b|\bplot\b", re.IGNORECASE)


def advise(notebook: Mapping[str, Any], before: int = 0) -> tuple[Advice, ...]:
    """What the seminar asks of a notebook (nbformat 4 JSON, sources as single strings), and what was found.

    `before` is the number of code cells that come before, where it is a part of a longer notebook: cells are named as
    the author counts them.

    Words are looked for in English and structure in any language, so an answer may be wrong: it is for the author to
    judge.
    """
    story = _Story(notebook["cells"], before)
    return tuple(question(story) for question in _QUESTIONS)


@dataclass(frozen=True)
class _Cell:
    """One cell: its prose, or its code and where the author sees it."""

    source: str
    label: str = ""  #: «cell 7» for a code cell
    code: Code | None = None
    outputs: Sequence[Mapping[str, Any]] = field(default=())

    @cached_property
    def words(self) -> int:
        return 0 if self.code else len(_WORD.findall(_prose(self.source)))

    @property
    def pictures(self) -> list[Mapping[str, Any]]:
        data = (o for o in self.outputs if o.get("output_type") in ("display_data", "execute_result"))
        return [o for o in data if {"image/png", "image/jpeg"} & set(o.get("data", {}))]

    @property
    def is_figure(self) -> bool:
        return self.code is not None and (self.code.draws or bool(self.pictures))


class _Story:
    """A notebook, read for its author."""

    def __init__(self, cells: Sequence[Mapping[str, Any]], before: int) -> None:
        found: list[_Cell] = []
        number = before
        for cell in cells:
            source = cell["source"]
            if cell["cell_type"] == "code":
                number += 1
                if source.strip():
                    found.append(_Cell(source, f"cell {number}", read_code(source), cell.get("outputs") or ()))
            elif cell["cell_type"] == "markdown" and source.strip():
                found.append(_Cell(source))
        self.cells = found
        self.code = [c for c in found if c.code is not None]
        self.text = "\n".join(c.source for c in found if c.code is None)
        self.prose = _prose(self.text)
        self.figures = [c for c in found if c.is_figure]

    @property
    def opening(self) -> list[_Cell]:
        """The text before the first code."""
        first = next((i for i, c in enumerate(self.cells) if c.code), len(self.cells))
        return self.cells[:first]

    def before(self, cell: _Cell) -> _Cell | None:
        at = self.cells.index(cell)
        return self.cells[at - 1] if at else None

    def after(self, cell: _Cell) -> list[_Cell]:
        return self.cells[self.cells.index(cell) + 1 :]

    def lines(self) -> int:
        return sum(c.code.lines for c in self.code if c.code)


def _prose(text: str) -> str:
    """Words without formulas, code, addresses and markup."""
    for pattern in (_FENCE, _MATHS, _TAG):
        text = pattern.sub(" ", text)
    return text


def _say(name: str, title: str, state: State, text: str, cells: Sequence[_Cell] = ()) -> Advice:
    return Advice(name, title, state, text, tuple(c.label for c in cells))


def _number(cells: Sequence[_Cell]) -> str:
    return f"{len(cells)} code cell{'' if len(cells) == 1 else 's'}"


# ---- the questions, in the order in which a reader meets them -----------------------------------------------------


def _problem(story: _Story) -> Advice:
    title = "The problem is explained"
    words = sum(c.words for c in story.opening)
    asked = any(_PROBLEM.search(c.source) for c in story.opening)
    if words < OPENING_WORDS:
        text = f"Open with the problem: what is asked, and why it matters, before the first code ({words} words now)."
        return _say("problem", title, "missing", text)
    if not asked:
        return _say("problem", title, "look", "Say the question in one sentence: the opening reads like a description.")
    return _say("problem", title, "there", f"{words} words before the first code")


def _hypothesis(story: _Story) -> Advice:
    title = "A hypothesis, before the experiment"
    first = next((i for i, c in enumerate(story.cells) if c.is_figure), len(story.cells))
    early = "\n".join(c.source for c in story.cells[:first] if c.code is None)
    if _HYPOTHESIS.search(early):
        return _say("hypothesis", title, "there", "found before the first figure")
    if _HYPOTHESIS.search(story.text):
        return _say("hypothesis", title, "look", "Move your hypothesis before the first figure: it is found after it.")
    text = "Write what you expect and what would prove you wrong, before the first result."
    return _say("hypothesis", title, "missing", text)


def _solution(story: _Story) -> Advice:
    title = "Code is explained where it stands"
    long = [c for c in story.code if c.code and c.code.lines > SHORT_CELL]
    bare = [c for c in long if (before := story.before(c)) is None or (before.code is not None and not _says(c))]
    if not story.code:
        return _say("solution", title, "missing", "Add the code of your experiment: there is none yet.")
    if bare:
        state: State = "missing" if len(bare) * 2 > len(long) else "look"
        text = "Put a few words before these cells: what they do, and why so."
        return _say("solution", title, state, text, bare)
    return _say("solution", title, "there", "each longer code cell has words before it")


def _says(cell: _Cell) -> bool:
    """Whether a cell opens with words of its own: a docstring or a comment of a sentence."""
    first = cell.source.strip().split("\n", 1)[0]
    return (first.startswith(("#", '"""', "'''")) and len(_WORD.findall(first)) >= 5) or '"""' in cell.source


def _balance(story: _Story) -> Advice:
    title = "Prose and code are in balance"
    words, lines = len(_WORD.findall(story.prose)), story.lines()
    ratio = words / max(1, lines)
    found = f"{words} words and {lines} lines of code ({ratio:.1f} words a line)"
    if words < PROSE_WORDS:
        return _say("balance", title, "missing", f"Write more for a reader who was not there: {found}.")
    if ratio < FEWEST_WORDS_A_LINE:
        return _say("balance", title, "look", f"Explain more, or move helpers into one cell at the top: {found}.")
    return _say("balance", title, "there", found)


def _long_cells(story: _Story) -> Advice:
    title = "Cells that fit a screen"
    long = [c for c in story.code if c.code and c.code.lines > LONGEST_CELL]
    if long:
        text = f"Split these cells, each has more than {LONGEST_CELL} lines of code: one step a cell, with its reason."
        return _say("cells", title, "look", text, long)
    return _say("cells", title, "there", f"no cell has more than {LONGEST_CELL} lines of code")


def _python(story: _Story) -> Advice:
    broken = [c for c in story.code if c.code and c.code.broken]
    if broken:
        text = f"Mend the syntax of these cells; the first says {broken[0].code.broken}" if broken[0].code else ""
        return _say("python", "Every cell is Python", "missing", text, broken)
    return _say("python", "Every cell is Python", "there", _number(story.code))


def _figures(story: _Story) -> Advice:
    if not story.figures and not _MARKDOWN_IMAGE.search(story.text):
        return _say("figures", "Figures", "missing", "Show your result in a figure: no cell draws one.")
    return _say("figures", "Figures", "there", f"drawn by {_number(story.figures)}", story.figures)


def _labels(story: _Story) -> Advice:
    title = "Axes are labelled"
    drawn = [c for c in story.figures if c.code and c.code.draws and not c.code.pictures_only]
    bare = [c for c in drawn if c.code and not (c.code.x_label and c.code.y_label)]
    if bare:
        return _say("labels", title, "missing", "Label both axes, with units: `ax.set(xlabel=…, ylabel=…)`.", bare)
    found = f"in {_number(drawn)}" if drawn else "no axes need labels"
    return _say("labels", title, "there", found)


def _captions(story: _Story) -> Advice:
    title = "Figures have captions"
    bare = [c for c in story.figures if not _captioned(story, c)]
    if bare:
        text = "Write under each figure what it shows and what to see in it: “Figure 1. …”."
        return _say("captions", title, "missing" if len(bare) == len(story.figures) else "look", text, bare)
    return _say("captions", title, "there", "words under them, or a title")


def _captioned(story: _Story, cell: _Cell) -> bool:
    after = story.after(cell)
    below = bool(after) and after[0].code is None and bool(_CAPTION.search(after[0].source) or after[0].words >= 15)
    return below or (cell.code is not None and cell.code.title)


def _alt(story: _Story) -> Advice:
    title = "Figures have alternative texts"
    bare = [c for c in story.figures if not _has_alt(c)]
    images = [alt for alt in _MARKDOWN_IMAGE.findall(story.text) if not alt.strip()]
    if bare or images:
        text = "Say for those who cannot see it what a figure shows: `plots.show(fig, alt=…)`, or `![…](picture)`."
        return _say("alt", title, "missing", text, bare)
    return _say("alt", title, "there", f"for {_number(story.figures)}")


def _has_alt(cell: _Cell) -> bool:
    told = [o.get("metadata", {}).get("image/png", {}) for o in cell.pictures]
    return (cell.code is not None and cell.code.alt) or (bool(told) and all(t.get("alt") for t in told))


def _seeds(story: _Story) -> Advice:
    title = "Randomness is seeded"
    random = [c for c in story.code if c.code and c.code.random]
    if not random:
        return _say("seeds", title, "there", "nothing random was seen")
    if not any(c.code and c.code.seeded for c in story.code):
        text = "Seed what is random, so that others get your figures: `torch.Generator().manual_seed(seed)`."
        return _say("seeds", title, "missing", text, random)
    if not any(c.code and c.code.many_seeds for c in story.code):
        text = "Repeat the comparison with three seeds or more (`for seed in range(5)`) and show their spread."
        return _say("seeds", title, "look", text)
    return _say("seeds", title, "there", "seeded, and repeated over three seeds or more")


def _interpretation(story: _Story) -> Advice:
    title = "The result is interpreted, with what failed"
    rest = story.after(story.figures[-1]) if story.figures else story.cells
    words = sum(c.words for c in rest)
    if words < CLOSING_WORDS:
        text = f"After the last figure, say what it means for your hypothesis ({words} words now)."
        return _say("interpretation", title, "missing", text)
    if not any(_FAILURE.search(c.source) for c in rest if c.code is None):
        return _say("interpretation", title, "look", "Name a limit, another explanation, or an attempt that failed.")
    return _say("interpretation", title, "there", f"{words} words after the last figure")


def _references(story: _Story) -> Advice:
    title = "References"
    headed = any(_REFERENCES.search(heading) for heading in _HEADING.findall(story.text))
    if not _REFERENCE.search(story.text):
        text = "Name what you build on (chapter, paper, data), where you use it or under “References”."
        return _say("references", title, "missing", text)
    return _say("references", title, "there", "under a heading of their own" if headed else "in the text")


def _paths(story: _Story) -> Advice:
    title = "Nothing of your own machine"
    found = [c for c in story.code if c.code and c.code.paths]
    if found:
        shown = ", ".join(sorted({p for c in found if c.code for p in c.code.paths}))[:120]
        text = f"Make these paths relative, or draw on the kit's data: they exist on your machine only ({shown})."
        return _say("paths", title, "missing", text, found)
    return _say("paths", title, "there", "no absolute path")


_QUESTIONS: Final[tuple[Callable[[_Story], Advice], ...]] = (
    _problem,
    _hypothesis,
    _solution,
    _balance,
    _long_cells,
    _python,
    _figures,
    _labels,
    _captions,
    _alt,
    _seeds,
    _interpretation,
    _references,
    _paths,
)
