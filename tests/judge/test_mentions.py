"""Where forbidden names stand in a text, whatever that text is: an attacker's, read outside the jail."""

from __future__ import annotations

import pytest

from torchstone.judge.mentions import mentions, ways_around
from torchstone.model import Cell, Program

GELU = ["torch.nn.functional.gelu"]


def handed_in(*texts: str) -> Program:
    names = ["e", *(f"e-{n}" for n in range(2, len(texts) + 1))]
    return Program("week01", tuple(Cell(n, i, text) for i, (n, text) in enumerate(zip(names, texts, strict=True), 1)))


@pytest.mark.parametrize(
    "text",
    [
        "import torch\ntorch.nn.functional.gelu(x)",
        "import torch.nn.functional as F\ny = F.gelu(x)",
        "from torch.nn import functional\ny = functional.gelu(x)",
        "from torch.nn.functional import gelu as g\ny = g(x)",
        "import torch.nn.functional as F\ny = F.gelu.__wrapped__" + ".a" * 100,
    ],
)
def test_a_name_is_known_under_any_other(text: str) -> None:
    (place,) = mentions(handed_in(text), "e", GELU)
    assert (place.cell, place.line) == ("cell 1", 2)
    assert text.splitlines()[1].startswith(place.code.removesuffix("…"))


def test_a_name_is_followed_over_cells_and_told_once_for_a_line() -> None:
    first = "import torch\nF = torch.nn.functional"
    second = "g = F.gelu\n" + "g(g(g(x)))\n" * 5
    places = mentions(handed_in(first, second), "e", GELU)
    assert [(p.cell, p.line) for p in places] == [("cell 2", 1), ("cell 2", 2), ("cell 2", 3)]


def test_the_line_is_told_without_what_would_steer_a_terminal() -> None:
    (place,) = mentions(handed_in("import torch\ntorch.nn.functional.gelu(x)  # \x1b[2J\u202e"), "e", GELU)
    assert place.code == "torch.nn.functional.gelu(x) # [2J"


def test_a_way_around_is_told_where_no_name_is() -> None:
    program = handed_in("import torch\ndef f(x):\n    return getattr(torch, 'ge' + 'lu')(x)")
    assert mentions(program, "e", GELU) == ()
    assert [p.line for p in ways_around(program, "e", GELU)] == [3]
