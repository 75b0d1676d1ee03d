"""The gallery's pages: what stands around the notebooks."""

from __future__ import annotations

from typing import Final, Literal

from torchstone.messages._message import Kind, message, plural

_HEADING: Final = {
    "gallery": "Gallery of notebooks",
    "order": "Order",
    "topics": "By week and topic",
    "authors": "By author",
    "weeks": "Weeks",
    "names": "Authors",
    "search": "Search titles, authors, text and code",
    "skip_list": "Skip to the notebooks",
    "skip_page": "Skip to the notebook",
    "download": "Download",
    "download_page": "Download the notebook",
    "all": "All notebooks",
    "others": "Other notebooks on this topic",
}
_AUDIENCE: Final = {
    "class": "For this class only: please do not pass it on.",
    "public": "Shared by those who agreed to it.",
}


@message(Kind.LABEL, *({"name": name} for name in _HEADING))
def heading(name: str) -> str:
    return _HEADING[name]


@message(Kind.LABEL)
def anonymous() -> str:
    return "Anonymous"


@message(Kind.SENTENCE, *({"audience": audience} for audience in _AUDIENCE))
def audience(audience: Literal["class", "public"]) -> str:
    return _AUDIENCE[audience]


@message(Kind.SENTENCE)
def for_graders() -> str:
    return "For graders: the ids are those of the sheet."


@message(Kind.SENTENCE, {"count": 1}, {"count": 90})
def opening(count: int) -> str:
    return f"{plural(count, 'notebook', 'notebooks')} of the seminar, to read, to run and to go on from."


@message(Kind.SENTENCE)
def none_yet() -> str:
    return "No notebooks are shared yet."


@message(Kind.SENTENCE)
def nothing_found() -> str:
    return "No notebook holds all of these words. Try fewer, or a shorter beginning of one."


@message(Kind.LABEL, {"words": 1, "figures": 1}, {"words": 900, "figures": 4})
def extent(words: int, figures: int) -> str:
    return f"{plural(words, 'word', 'words')}, {plural(figures, 'figure', 'figures')}"


@message(Kind.LABEL, {"title": "Noise and shift", "author": "Anonymous"})
def download_of(title: str, author: str) -> str:
    return f"Download the notebook “{title}” by {author}"


@message(Kind.SENTENCE)
def exploration_only() -> str:
    return (
        "The exploration out of this week's notebook. The answers to its exercises are not shown, so some names that "
        "it uses are defined there."
    )


@message(Kind.SENTENCE)
def empty() -> str:
    return "This notebook is empty."


@message(Kind.LABEL, {"topic": "multilayer perceptrons"})
def untitled(topic: str) -> str:
    return f"An exploration of {topic}"


@message(Kind.FRAGMENT, {"cell": 7})
def no_description(cell: int) -> str:
    return f"figure of cell {cell}; its author gave no description"


@message(Kind.FRAGMENT)
def picture_without_description() -> str:
    return "picture without a description"


@message(Kind.FRAGMENT, {"what": "a valley"})
def picture_elsewhere(what: str) -> str:
    return f"[a picture that is not in the notebook: {what}]"
