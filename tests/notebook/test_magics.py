"""IPython's syntax goes, lines stay."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from torchstone.notebook.magics import without_magics
from torchstone.notebook.statements import statements


def left_out(source):
    return [(e.line, e.text) for e in without_magics(source).left_out]


@pytest.mark.parametrize(
    ("line", "becomes"),
    [
        ("%timeit f(x)", ""),
        ("!pip install einops", ""),
        ("!echo it's ( open", ""),
        ("files = !ls", ""),
        ("out = %sql select 1", ""),
        ("torch.nn?", ""),
        ("?torch.nn", ""),
        ("%time y = f(x)", "y = f(x)"),
    ],
)
def test_one_line_goes_and_is_told(line, becomes):
    source = f"x = 1\n{line}\nz = 3"
    assert without_magics(source).source == f"x = 1\n{becomes}\nz = 3"
    assert left_out(source) == [(2, line)]


@pytest.mark.parametrize("line", ["%matplotlib inline", "% matplotlib widget", "%load_ext autoreload", "%autoreload 2"])
def test_harmless_lines_go_without_a_word(line):
    plain = without_magics(f"{line}\nx = 1")
    assert (plain.source, plain.left_out) == ("\nx = 1", ())


def test_inside_a_block_the_indentation_is_kept():
    source = "def f(x):\n    %timeit x\nfor i in range(3):\n\t!ls\n"
    plain = without_magics(source)
    assert plain.source == "def f(x):\n    pass\nfor i in range(3):\n\tpass\n"
    ast.parse(plain.source)


def test_a_continued_shell_line_goes_as_a_whole():
    assert without_magics("!pip install \\\n  einops \\\n  timm\nx = 1").source == "\n\n\nx = 1"


def test_a_future_import_may_follow_a_magic():
    ast.parse(without_magics("%matplotlib inline\nfrom __future__ import annotations").source)


@pytest.mark.parametrize(
    "source",
    [
        "x = (a\n     % b)",
        "y = [1,\n!= 2] if False else 0",
        's = """\n%matplotlib inline\n!ls\nwhat?\n"""',
        "s = '''a\\'''\n% b\n'''",
        "x = 5 \\\n  % 3",
        "# what?\nx = 1  # %time",
        "s = 'x = !ls'",
        'if a:  # "\n    b = 1',
        "x == 3 and y\nx %= 3\nx = -3 % 2",
        'f = f"{x!r}"\ng = "what?"',
        "def f():\n    '''doc\n    % LaTeX\n    '''",
    ],
)
def test_python_is_left_alone(source):
    assert without_magics(source).source == source
    assert left_out(source) == []


@pytest.mark.parametrize("magic", ["%%time", "%%capture out", "%%prun"])
def test_a_wrapping_cell_magic_keeps_its_cell(magic):
    source = f"\n{magic}\ndef f():\n    return 1"
    assert without_magics(source).source == "\n\ndef f():\n    return 1"
    assert left_out(source) == [(2, magic)]


@pytest.mark.parametrize("magic", ["%%bash", "%%writefile a.py", "%%html", "%%timeit", "%%R -i x"])
def test_a_cell_of_something_else_goes_as_a_whole(magic):
    assert without_magics(f"{magic}\necho 1").source is None
    assert left_out(f"{magic}\necho 1") == [(1, magic)]


def test_a_syntax_error_stays_the_students_own():
    source = "def f(:\n    pass\n%time\n"
    assert without_magics(source).source.split("\n")[:2] == ["def f(:", "    pass"]


PIECES = [
    "x = 1",
    "def f(a):\n    return a % 2",
    's = """\n% text\n!text\n"""',
    "y = (1,\n  2)",
    "",
    "# a comment?",
    "t = 'it\\'s'",
    "z = 7 \\\n  % 2",
]
ESCAPES = ["%matplotlib inline", "!ls (", "%timeit f(1)", "f?", "a = !pwd", "!x \\\n  y"]


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.sampled_from(ESCAPES), max_size=12))
def test_line_map_holds_and_what_remains_is_python(pieces):
    source = "\n".join(pieces)
    plain = without_magics(source).source
    assert plain.count("\n") == source.count("\n")
    ast.parse(plain)
    wanted = [p for p in pieces if p in PIECES]
    assert [line for line in plain.split("\n") if line.strip()] == [
        line for p in wanted for line in p.split("\n") if line.strip()
    ]


@settings(deadline=None)
@given(st.text(alphabet="'\"\\\n#()[]{}%!?=ab ", max_size=60))
def test_any_text_is_taken(source):
    plain = without_magics(source)
    assert plain.source is None or plain.source.count("\n") == source.count("\n")
    firsts = [s.first for s in statements(source)]
    assert firsts == sorted(set(firsts))
