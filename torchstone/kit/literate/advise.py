"""From a notebook's cells to advice: one small question after another, each answered from text and syntax alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from torchstone.kit.literate.advice import Advice, State
from torchstone.kit.literate.story import WORD, Cell, Story
from torchstone.messages import literate as told

#: Words of prose that open the notebook, that follow the last figure, and that the whole holds at least.
OPENING_WORDS: Final = 40
CLOSING_WORDS: Final = 25
PROSE_WORDS: Final = 250
#: Words of prose for a line of code. The notebook of week 4 has 3.6.
FEWEST_WORDS_A_LINE: Final = 3.0
#: Lines of code in one cell that still fit a screen, and from how many on a cell wants its own explanation.
LONGEST_CELL: Final = 40
SHORT_CELL: Final = 4

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


def advise(notebook: Mapping[str, Any], before: int = 0, report: int | None = None) -> tuple[Advice, ...]:
    """What the seminar asks of a notebook (nbformat 4 JSON, sources as single strings), and what was found.

    `before` is the number of code cells that come before, where it is a part of a longer notebook: cells are named as
    the author counts them. `report` is the place of the one cell that a week's notebook wants the whole report in: it
    counts as opening and as conclusion, wherever it stands.

    Where there is no figure, nothing is said of its labels, caption and text. Words are looked for in English and
    structure in any language, so an answer may be wrong: it is for the author to judge.
    """
    story = Story(notebook["cells"], before, report)
    return tuple(found for question in _QUESTIONS if (found := question(story)) is not None)


def _say(demand: str, state: State, text: str, cells: Sequence[Cell] = ()) -> Advice:
    return Advice(demand, told.title(demand), state, text, tuple(c.label for c in cells))


# ---- the questions, in the order in which a reader meets them -------------------------------------------------------


def _problem(story: Story) -> Advice:
    words = sum(c.words for c in story.opening)
    if words < OPENING_WORDS:
        return _say("problem", "missing", told.open_with_problem(words))
    if not any(_PROBLEM.search(c.source) for c in story.opening):
        return _say("problem", "look", told.ask_a_question())
    return _say("problem", "there", told.words_before_code(words))


def _hypothesis(story: Story) -> Advice:
    if _HYPOTHESIS.search(story.early):
        return _say("hypothesis", "there", told.before_the_first_figure())
    if _HYPOTHESIS.search(story.text):
        return _say("hypothesis", "look", told.move_hypothesis())
    return _say("hypothesis", "missing", told.write_hypothesis())


def _solution(story: Story) -> Advice:
    long = [c for c in story.code if c.code and c.code.lines > SHORT_CELL]
    bare = [c for c in long if (before := story.before(c)) is None or (before.code is not None and not _says(c))]
    if not story.code:
        return _say("solution", "missing", told.add_code())
    if bare:
        return _say("solution", "missing" if len(bare) * 2 > len(long) else "look", told.explain_cells(), bare)
    return _say("solution", "there", told.words_before_each())


def _says(cell: Cell) -> bool:
    """Whether a cell opens with words of its own: a docstring or a comment of a sentence."""
    first = cell.source.strip().split("\n", 1)[0]
    return (first.startswith(("#", '"""', "'''")) and len(WORD.findall(first)) >= 5) or '"""' in cell.source


def _balance(story: Story) -> Advice:
    words, lines = len(WORD.findall(story.prose)), story.lines()
    found = told.amounts(words, lines)
    if words < PROSE_WORDS:
        return _say("balance", "missing", told.write_more(found))
    if words < FEWEST_WORDS_A_LINE * lines:
        return _say("balance", "look", told.explain_more(found))
    return _say("balance", "there", found)


def _long_cells(story: Story) -> Advice:
    long = [c for c in story.code if c.code and c.code.lines > LONGEST_CELL]
    if long:
        return _say("cells", "look", told.split_cells(LONGEST_CELL), long)
    return _say("cells", "there", told.none_longer(LONGEST_CELL))


def _python(story: Story) -> Advice:
    broken = [(c, c.code.broken) for c in story.code if c.code and c.code.broken]
    if broken:
        return _say("python", "missing", told.mend_syntax(broken[0][1]), [c for c, _ in broken])
    return _say("python", "there", told.in_code_cells(len(story.code)))


def _figures(story: Story) -> Advice:
    if not story.figures and not _MARKDOWN_IMAGE.search(story.text):
        return _say("figures", "missing", told.show_figure())
    return _say("figures", "there", told.in_code_cells(len(story.figures)), story.figures)


def _labels(story: Story) -> Advice | None:
    if not story.figures:
        return None
    drawn = [c for c in story.figures if c.code and c.code.draws and not c.code.pictures_only]
    bare = [c for c in drawn if c.code and not (c.code.x_label and c.code.y_label)]
    if bare:
        return _say("labels", "missing", told.label_axes(), bare)
    return _say("labels", "there", told.in_code_cells(len(drawn)) if drawn else told.no_axes())


def _captions(story: Story) -> Advice | None:
    if not story.figures:
        return None
    bare = [c for c in story.figures if not _captioned(story, c)]
    if bare:
        state: State = "missing" if len(bare) == len(story.figures) else "look"
        return _say("captions", state, told.write_captions(), bare)
    return _say("captions", "there", told.captioned())


def _captioned(story: Story, cell: Cell) -> bool:
    after = story.after(cell)
    below = bool(after) and after[0].code is None and bool(_CAPTION.search(after[0].source) or after[0].words >= 15)
    return below or (cell.code is not None and cell.code.title)


def _alt(story: Story) -> Advice | None:
    bare = [c for c in story.figures if not _has_alt(c)]
    images = _MARKDOWN_IMAGE.findall(story.text)
    if not story.figures and not images:
        return None
    if bare or any(not alt.strip() for alt in images):
        return _say("alt", "missing", told.write_alt(), bare)
    return _say("alt", "there", told.in_code_cells(len(story.figures)))


def _has_alt(cell: Cell) -> bool:
    kept = [o.get("metadata", {}).get("image/png", {}) for o in cell.pictures]
    return (cell.code is not None and cell.code.alt) or (bool(kept) and all(k.get("alt") for k in kept))


def _seeds(story: Story) -> Advice:
    random = [c for c in story.code if c.code and c.code.random]
    if not random:
        return _say("seeds", "there", told.nothing_random())
    if not any(c.code and c.code.seeded for c in story.code):
        return _say("seeds", "missing", told.seed(), random)
    if not any(c.code and c.code.many_seeds for c in story.code):
        return _say("seeds", "look", told.repeat())
    return _say("seeds", "there", told.seeded())


def _interpretation(story: Story) -> Advice:
    rest = story.conclusion
    words = sum(c.words for c in rest)
    if words < CLOSING_WORDS:
        return _say("interpretation", "missing", told.interpret(words))
    if not any(_FAILURE.search(c.source) for c in rest if c.code is None):
        return _say("interpretation", "look", told.name_a_limit())
    return _say("interpretation", "there", told.words_after_figure(words))


def _references(story: Story) -> Advice:
    if not _REFERENCE.search(story.text):
        return _say("references", "missing", told.name_sources())
    headed = any(_REFERENCES.search(heading) for heading in _HEADING.findall(story.text))
    return _say("references", "there", told.references_headed() if headed else told.references_in_text())


def _paths(story: Story) -> Advice:
    found = [c for c in story.code if c.code and c.code.paths]
    if found:
        shown = ", ".join(sorted({p for c in found if c.code for p in c.code.paths}))[:120]
        return _say("paths", "missing", told.make_relative(shown), found)
    return _say("paths", "there", told.no_path())


_QUESTIONS: Final[tuple[Callable[[Story], Advice | None], ...]] = (
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
