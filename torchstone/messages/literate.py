"""What an author reads about a literate notebook: what was found, and what to do about what was not."""

from __future__ import annotations

from typing import Final

from torchstone.messages._message import Kind, message, plural

_TITLE: Final = {
    "problem": "The problem is explained",
    "hypothesis": "A hypothesis, before the experiment",
    "solution": "Code is explained where it stands",
    "balance": "Prose and code are in balance",
    "cells": "Cells that fit a screen",
    "python": "Every cell is Python",
    "figures": "Figures",
    "labels": "Axes are labelled",
    "captions": "Figures have captions",
    "alt": "Figures have alternative texts",
    "seeds": "Randomness is seeded",
    "interpretation": "The result is interpreted, with what failed",
    "references": "References",
    "paths": "Nothing of your own machine",
    "run": "It runs from top to bottom",
}


@message(Kind.LABEL, *({"demand": demand} for demand in _TITLE))
def title(demand: str) -> str:
    return _TITLE[demand]


# ---- what is there --------------------------------------------------------------------------------------------------


@message(Kind.FRAGMENT, {"count": 1}, {"count": 120})
def words_before_code(count: int) -> str:
    return f"{plural(count, 'word', 'words')} before the first code"


@message(Kind.FRAGMENT, {"count": 1}, {"count": 120})
def words_after_figure(count: int) -> str:
    return f"{plural(count, 'word', 'words')} after the last figure"


@message(Kind.FRAGMENT)
def before_the_first_figure() -> str:
    return "found before the first figure"


@message(Kind.FRAGMENT)
def words_before_each() -> str:
    return "each longer code cell has words before it"


@message(Kind.FRAGMENT, {"words": 900, "lines": 120})
def amounts(words: int, lines: int) -> str:
    per_line = words / max(1, lines)
    return (
        f"{plural(words, 'word', 'words')} and {plural(lines, 'line', 'lines')} of code ({per_line:.1f} words a line)"
    )


@message(Kind.FRAGMENT, {"most": 40})
def none_longer(most: int) -> str:
    return f"no cell has more than {most} lines of code"


@message(Kind.FRAGMENT, {"count": 1}, {"count": 4})
def in_code_cells(count: int) -> str:
    return f"in {plural(count, 'code cell', 'code cells')}"


@message(Kind.FRAGMENT)
def no_axes() -> str:
    return "no axes need labels"


@message(Kind.FRAGMENT)
def captioned() -> str:
    return "words stand under them, or a title above"


@message(Kind.FRAGMENT)
def nothing_random() -> str:
    return "nothing random was seen"


@message(Kind.FRAGMENT)
def seeded() -> str:
    return "seeded, and repeated over three seeds or more"


@message(Kind.FRAGMENT)
def references_headed() -> str:
    return "under a heading of their own"


@message(Kind.FRAGMENT)
def references_in_text() -> str:
    return "in the text"


@message(Kind.FRAGMENT)
def no_path() -> str:
    return "no absolute path"


# ---- what to do -----------------------------------------------------------------------------------------------------


@message(Kind.ADVICE, {"count": 0}, {"count": 12})
def open_with_problem(count: int) -> str:
    now = plural(count, "word", "words")
    return f"Open with the problem: what is asked, and why it matters, before the first code ({now} now)."


@message(Kind.ADVICE)
def ask_a_question() -> str:
    return "Say the question in one sentence: the opening reads like a description."


@message(Kind.ADVICE)
def move_hypothesis() -> str:
    return "Move your hypothesis before the first figure: it is found after it."


@message(Kind.ADVICE)
def write_hypothesis() -> str:
    return "Write what you expect and what would prove you wrong, before the first result."


@message(Kind.ADVICE)
def add_code() -> str:
    return "Add the code of your experiment: there is none yet."


@message(Kind.ADVICE)
def explain_cells() -> str:
    return "Put a few words before these cells: what they do, and why so."


@message(Kind.ADVICE, {"found": "12 words and 3 lines of code (4.0 words a line)"})
def write_more(found: str) -> str:
    return f"Write more for a reader who was not there: {found}."


@message(Kind.ADVICE, {"found": "400 words and 300 lines of code (1.3 words a line)"})
def explain_more(found: str) -> str:
    return f"Explain more, or move helpers into one cell at the top: {found}."


@message(Kind.ADVICE, {"most": 40})
def split_cells(most: int) -> str:
    return f"Split these cells, each has more than {most} lines of code: one step a cell, with its reason."


@message(Kind.ADVICE, {"first": "SyntaxError: invalid syntax"})
def mend_syntax(first: str) -> str:
    return f"Mend the syntax of these cells. The first says: “{first}”."


@message(Kind.ADVICE)
def show_figure() -> str:
    return "Show your result in a figure: no cell draws one."


@message(Kind.ADVICE)
def label_axes() -> str:
    return "Label both axes, with units: `ax.set(xlabel=…, ylabel=…)`."


@message(Kind.ADVICE)
def write_captions() -> str:
    return "Write under each figure what it shows and what to see in it: “Figure 1. …”."


@message(Kind.ADVICE)
def write_alt() -> str:
    return "Say for those who cannot see it what a figure shows: `plots.show(fig, alt=…)`, or `![…](picture)`."


@message(Kind.ADVICE)
def seed() -> str:
    return "Seed what is random, so that others get your figures: `torch.Generator().manual_seed(seed)`."


@message(Kind.ADVICE)
def repeat() -> str:
    return "Repeat the comparison with three seeds or more (`for seed in range(5)`) and show their spread."


@message(Kind.ADVICE, {"count": 3})
def interpret(count: int) -> str:
    return f"Say what the last figure means for your hypothesis ({plural(count, 'word', 'words')} follow it now)."


@message(Kind.ADVICE)
def name_a_limit() -> str:
    return "Name a limit, another explanation, or an attempt that failed."


@message(Kind.ADVICE)
def name_sources() -> str:
    return "Name what you build on (chapter, paper, data), where you use it or under “References”."


@message(Kind.ADVICE, {"paths": "/home/me/data.csv"})
def make_relative(paths: str) -> str:
    return f"Make these paths relative, or draw on the kit's data: they exist on your machine only ({paths})."


# ---- the fresh run --------------------------------------------------------------------------------------------------


@message(Kind.FRAGMENT, {"seconds": 3.2})
def ran_in_jail(seconds: float) -> str:
    return f"{seconds:g} s of CPU time, in the jail"


@message(Kind.FRAGMENT, {"seconds": 3.2})
def ran_in_kernel(seconds: float) -> str:
    return f"{seconds:g} s, in a plain kernel"


@message(Kind.ADVICE, {"limit": 60.0})
def make_faster(limit: float) -> str:
    return f"Make it faster: the limit is {limit:g} s."


@message(Kind.FRAGMENT, {"seconds": 240.0})
def no_end(seconds: float) -> str:
    return f"it did not end within {seconds:g} s"


@message(Kind.FRAGMENT, {"seconds": 120.0})
def too_much_cpu(seconds: float) -> str:
    return f"it took more than {seconds:g} s of CPU time"


@message(Kind.FRAGMENT)
def too_much_memory() -> str:
    return "it needs more memory than the course's machine gives"


@message(Kind.FRAGMENT)
def prints_without_end() -> str:
    return "it prints without end"


@message(Kind.FRAGMENT)
def took_process_down() -> str:
    return "it took the process down"


@message(Kind.FRAGMENT)
def the_notebook() -> str:
    return "the notebook"


@message(Kind.FRAGMENT)
def jail_needs_linux() -> str:
    return "the jail needs Linux"


@message(Kind.FRAGMENT)
def asked_for_kernel() -> str:
    return "a plain kernel was asked for"


@message(Kind.FRAGMENT, {"why": "no user namespaces"})
def no_jail_here(why: str) -> str:
    return f"no jail can be built here ({why})"


@message(Kind.SENTENCE, {"why": "the jail needs Linux"})
def plain_kernel(why: str) -> str:
    return f"It ran in a plain kernel, which sees your files and the network, since {why}."


@message(Kind.SENTENCE, {"why": "the jail needs Linux"})
def not_run(why: str) -> str:
    return (
        f"It was not run, since {why}, and Jupyter's nbclient is missing: `pip install nbclient ipykernel` brings it."
    )


@message(Kind.SENTENCE, {"why": "No such kernel named python3"})
def no_kernel(why: str) -> str:
    return f"It was not run, since no Jupyter kernel could be started: “{why}”."


@message(Kind.ADVICE)
def no_files_in_jail() -> str:
    return "Keep what it reads in the notebook, or draw on the kit's data: grading sees none of your files."


# ---- around it ------------------------------------------------------------------------------------------------------


@message(Kind.SENTENCE)
def about_exploration() -> str:
    return "This is a week's notebook: what follows is about its exploration."


@message(Kind.FRAGMENT)
def running() -> str:
    return "running it from top to bottom …"


@message(Kind.FRAGMENT, {"count": 1}, {"count": 3})
def points_open(count: int) -> str:
    return f"{plural(count, 'point', 'points')} to look at"


@message(Kind.FRAGMENT)
def nothing_open() -> str:
    return "nothing found to mend"
