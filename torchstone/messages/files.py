"""Why a file that was handed in cannot be read: what, where, what to do."""

from __future__ import annotations

from typing import Final

from torchstone.messages._message import Kind, message

_AGAIN: Final = "Open it in Jupyter, save it, and hand it in again."
_CLEAR: Final = "Choose «Clear Outputs of All Cells» in Jupyter, save, and hand it in again."


@message(Kind.SENTENCE)
def no_cells() -> str:
    return f"The file has no list of cells, so it is not a notebook. {_AGAIN}"


@message(Kind.SENTENCE, {"cells": 5000, "most": 2000})
def too_many_cells(cells: int, most: int) -> str:
    return (
        f"The notebook has {cells} cells; we read at most {most}. "
        "Remove those that are not part of your answers, and hand it in again."
    )


@message(Kind.SENTENCE, {"most": 2_000_000})
def too_much_text(most: int) -> str:
    return (
        f"The cells hold more than {most:,} characters in all. "
        "Remove data that was pasted into them, and hand it in again."
    )


@message(Kind.SENTENCE, {"megabytes": 80.2, "most": 30.0})
def too_large(megabytes: float, most: float) -> str:
    return f"The file has {megabytes:.0f} MB; we read at most {most:.0f} MB. {_CLEAR}"


@message(Kind.SENTENCE)
def empty() -> str:
    return "The file is empty. Save the notebook in Jupyter, look at the file's size, and hand it in again."


@message(Kind.SENTENCE, {"byte": 7})
def not_text(byte: int) -> str:
    return f"The file is not UTF-8 text (at byte {byte}), so it is damaged or not a notebook. {_AGAIN}"


@message(Kind.SENTENCE, {"line": 3, "column": 9})
def not_json(line: int, column: int) -> str:
    return f"The file is not a notebook: it stops being JSON at line {line}, column {column}. {_AGAIN}"


@message(Kind.SENTENCE)
def endless_number() -> str:
    return f"The file holds a number of thousands of digits. {_CLEAR}"


@message(Kind.SENTENCE)
def not_a_notebook() -> str:
    return f"The file is JSON but not a notebook. {_AGAIN}"


@message(Kind.SENTENCE)
def too_deep() -> str:
    return f"The file is nested too deeply or holds too many pieces for a notebook. {_CLEAR}"


@message(Kind.SENTENCE, {"key": "cells"})
def said_twice(key: str) -> str:
    return f"The file says «{key}» twice in one place, so it cannot be read with certainty. {_AGAIN}"


@message(Kind.SENTENCE, {"name": "Infinity"})
def no_such_number(name: str) -> str:
    return f"The file holds the number {name}, which a notebook cannot. {_CLEAR}"


@message(Kind.SENTENCE, {"version": 3})
def old_format(version: int) -> str:
    return (
        f"The notebook is in the old format {version}; we read format 4. Open it in a current Jupyter, "
        "which converts it, save it, and hand it in again."
    )


@message(Kind.SENTENCE)
def no_format() -> str:
    return f"The file does not say that it is a notebook of format 4. {_AGAIN}"


@message(Kind.SENTENCE)
def unclear_format() -> str:
    return f"The notebook's format is unclear (`nbformat_minor`). {_AGAIN}"


@message(Kind.SENTENCE, {"language": "julia"})
def other_language(language: str) -> str:
    return (
        f"The notebook's kernel speaks {language}; this course is graded in Python. "
        "Choose a Python kernel (Kernel → Change Kernel), run the notebook, save, and hand it in again."
    )


@message(Kind.SENTENCE, {"where": "cell 7"})
def no_such_cell(where: str) -> str:
    return f"In the file, {where} is not a code, text or raw cell. {_AGAIN}"


@message(Kind.SENTENCE, {"where": "cell 7"})
def no_text(where: str) -> str:
    return f"In the file, {where} has no text. {_AGAIN}"


@message(Kind.SENTENCE, {"where": "cell 7", "length": 300_000, "most": 200_000})
def long_cell(where: str, length: int, most: int) -> str:
    return (
        f"In the file, {where} is {length:,} characters long; we read at most {most:,}. "
        "Remove data that was pasted into it, and hand it in again."
    )


@message(Kind.SENTENCE, {"what": "the metadata of cell 7"})
def damaged(what: str) -> str:
    return f"In the file, {what} is damaged. {_AGAIN}"


@message(Kind.SENTENCE, {"what": "the metadata of cell 7"})
def large_number(what: str) -> str:
    return f"In the file, {what} holds a number that is too large. {_AGAIN}"


@message(Kind.SENTENCE, {"where": "cell 7"})
def half_a_character(where: str) -> str:
    return (
        f"In the file, {where} holds half a character (a lone surrogate). "
        "Delete the sign that shows as � there, save, and hand it in again."
    )


@message(Kind.SENTENCE, {"exercises": "lstm and gru", "assignment": "week04"})
def another_assignment(exercises: str, assignment: str) -> str:
    return (
        f"The notebook's exercises ({exercises}) are not those of "
        f"{assignment}, so it seems to be another assignment's. Hand in {assignment}.ipynb."
    )
