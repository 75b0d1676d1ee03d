"""Reading is strict, bounded, and refuses in a kind sentence."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from torchstone.errors import UnreadableNotebook
from torchstone.notebook import MAX_BYTES, bounds, oversize_marker, read


def refusal(data):
    with pytest.raises(UnreadableNotebook) as caught:
        read(data)
    message = str(caught.value)
    assert "\n" not in message
    assert message.endswith(".")
    return message


def test_reads_what_jupyter_writes(made, release):
    lines = made.notebook(made.code(["import torch\n", "x = 1"]))
    assert read(json.dumps(lines, indent=1).encode())["cells"][0]["source"] == "import torch\nx = 1"
    assert read(made.data(release)) == release


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"  \r\n"])
def test_byte_order_mark_and_windows_line_ends(made, before):
    nb = made.notebook(made.code("x = 1\r\ny = 2\rz = 3"))
    data = before + json.dumps(nb, indent=1).replace("\n", "\r\n").encode()
    assert read(data)["cells"][0]["source"] == "x = 1\ny = 2\nz = 3"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"\xff\xfe{\x00", "UTF-8"),
        (b"%PDF-1.4", "line 1, column 1"),
        (b'{"cells": [', "stops being JSON"),
        (b"[]", "not a notebook"),
        (b'"text"', "not a notebook"),
        (b'{"cells": []}', "format 4"),
        (b'{"worksheets": []}', "old format 3"),
        (b'{"nbformat": 3, "worksheets": []}', "old format 3"),
        (b'{"nbformat": true, "cells": []}', "format 4"),
        (b'{"nbformat": 5, "cells": []}', "format 4"),
        (b'{"nbformat": 4, "nbformat_minor": "5", "cells": []}', "nbformat_minor"),
        (b'{"nbformat": 4}', "no list of cells"),
        (b'{"nbformat": 4, "metadata": 1, "cells": []}', "metadata is damaged"),
        (b'{"nbformat": 4, "nbformat": 4, "cells": []}', "nbformat» twice"),
        (b'{"nbformat": 4, "metadata": {"x": NaN}, "cells": []}', "NaN"),
        (b'{"nbformat": 4, "metadata": {"x": -Infinity}, "cells": []}', "Infinity"),
        (b'{"nbformat": 4, "metadata": {"x": 1e999}, "cells": []}', "too large"),
        (b'{"nbformat": 4, "metadata": {"x": ' + b"1" * 5000 + b'}, "cells": []}', "thousands of digits"),
        (b'{"nbformat": 4, "cells": [{"cell_type": "heading", "source": ""}]}', "item 1"),
        (b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": 3}]}', "cell 1 has no text"),
        (b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": ["a", 3]}]}', "cell 1 has no text"),
        (b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "a", "metadata": []}]}', "metadata of cell 1"),
        (b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "\\ud800"}]}', "half a character"),
        (b'{"nbformat": 4, "cells": [], "metadata": {"\\udfff": 1}}', "half a character"),
    ],
)
def test_refuses_what_is_no_notebook(data, says):
    assert says in refusal(data)


def test_refuses_what_is_too_large():
    assert "21 MB; we read at most 20 MB" in refusal(b" " * 21_000_000)
    many = {"nbformat": 4, "cells": [{"cell_type": "raw", "source": ""}] * (bounds.MAX_CELLS + 1)}
    assert f"{bounds.MAX_CELLS + 1} cells" in refusal(json.dumps(many).encode())
    long = {"cell_type": "code", "source": "x" * (bounds.MAX_CELL + 1)}
    assert "cell 1 is 200,001 characters" in refusal(json.dumps({"nbformat": 4, "cells": [long]}).encode())
    whole = [{"cell_type": "code", "source": "x" * bounds.MAX_CELL}] * 6
    assert "1,000,000 characters in all" in refusal(json.dumps({"nbformat": 4, "cells": whole}).encode())


@pytest.mark.parametrize("pattern", [b"[", b'{"a":', b'[{"a":'])
def test_refuses_deep_nesting_before_it_is_parsed(pattern):
    assert "nested too deeply" in refusal(b'{"nbformat": 4, "metadata": {"x": ' + pattern * 100_000)


def test_refuses_a_flood_of_small_containers():
    assert "too many pieces" in refusal(b'{"nbformat": 4, "x": [' + b"[]," * (bounds.MAX_CONTAINERS + 1) + b"0]}")


def test_brackets_inside_strings_are_not_nesting(made):
    source = 'print("' + "[{" * 500 + '\\"")'
    assert read(made.data(made.notebook(made.code(source))))["cells"][0]["source"] == source


def test_the_marker_of_a_file_that_was_not_kept_says_its_size():
    marker = oversize_marker(212_000_000, hashlib.sha256(b"").hexdigest())
    assert len(marker) < 300
    assert "212 MB" in refusal(marker)


def test_at_the_size_limit_a_notebook_is_read(made):
    data = made.data(made.notebook(made.code("x = 1")))
    padded = data + b" " * (MAX_BYTES - len(data))
    assert read(padded)["cells"][0]["source"] == "x = 1"
    assert "MB" in refusal(padded + b" ")


@pytest.mark.parametrize("language", ["R", "julia", "javascript", "pyret"])
def test_refuses_a_kernel_of_another_language(made, language):
    spec = {"kernelspec": {"name": "k", "display_name": "K", "language": language}}
    assert f"speaks {language}" in refusal(made.data(made.notebook(**spec)))
    info = {"kernelspec": {"name": "k"}, "language_info": {"name": language}}
    assert f"speaks {language}" in refusal(made.data(made.notebook(**info)))


@pytest.mark.parametrize(
    "metadata",
    [
        {"kernelspec": {"name": "conda-env-dl-py", "display_name": "DL", "language": "python"}},
        {"kernelspec": {"name": "python3"}, "language_info": {"name": "ipython", "version": "3.9"}},
        {"kernelspec": None, "language_info": None},
        {"kernelspec": {"name": "anything"}, "language_info": {}},
    ],
)
def test_any_python_kernel_will_do(made, metadata):
    assert read(made.data(made.notebook(made.code("x = 1"), **metadata)))["cells"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def outcome(data):
    """Reads; anything but a notebook or UnreadableNotebook is a fault of ours and fails the test."""
    try:
        nb = read(data)
    except UnreadableNotebook:
        return None
    assert nb["nbformat"] == 4
    assert all(isinstance(c["source"], str) and isinstance(c["metadata"], dict) for c in nb["cells"])
    return nb


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data):
    outcome(data)


@settings(deadline=None)
@given(json_values)
def test_any_json_is_read_or_refused(value):
    outcome(json.dumps(value).encode())


@settings(deadline=None)
@given(st.data())
def test_any_damage_to_a_notebook_is_read_or_refused(release, data):
    """Replaces one value anywhere in the notebook by another."""
    nb = json.loads(json.dumps(release))
    node = nb
    while True:
        key = data.draw(st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node))))
        child = node[key]
        if not child or not isinstance(child, dict | list) or data.draw(st.booleans()):
            node[key] = data.draw(json_values)
            break
        node = child
    outcome(json.dumps(nb).encode())


@settings(deadline=None)
@given(st.data())
def test_any_cut_of_a_notebook_is_refused(release, made, data):
    whole = made.data(release)
    cut = data.draw(st.integers(0, len(whole) - 1))
    assert outcome(whole[:cut]) is None
