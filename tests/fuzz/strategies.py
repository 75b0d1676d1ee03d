"""What the decoders are given, as hypothesis strategies: notebooks and frames by their grammar, and the kept corpus.

Both with changes of the tree and of the bytes.
"""

from __future__ import annotations

import json
import math
import struct
from pathlib import Path
from typing import Any, Final

from hypothesis import strategies as st

from tests.benign.oddities import ANSWERS
from tests.fuzz.mutations import ByteMutation, TreeMutation, as_bytes, with_bytes_changed, with_tree_changed
from torchstone.wire.limits import DTYPES

CORPUS: Final = Path(__file__).parent / "corpus"

_PIECES: Final = (
    *(b"null", b"true", b"-1", b"1e999", b"NaN", b"Infinity", b'"\\ud800"', b"[", b"]", b"{", b"}", b'"', b"\\"),
    *(b"\x00", b"\xff", b"\xef\xbb\xbf", b"9" * 400, b"[" * 200, b'{"t":["float32",[1],"cpu"]}', b'{"f":"nan"}'),
    *(b'{"l":[]}', b'{"u":[]}', b'{"d":[]}', b'{"s":[]}', b'{"r":["x",[]]}', b'{"c":[0.0,0.0]}', b'{"g":0}'),
    *(b'"cell_type":"code"', b'"source":[]', b'"nbgrader":{}'),
)
_KEYS: Final = ("t", "l", "d", "r", "source", "metadata", "nbgrader", "id", "outputs", "attachments", "cells")

# ---- JSON of any kind ----------------------------------------------------------------------------------------------

_edges: Final = st.sampled_from(
    (0, -1, 2**31, 2**63, 2**64, 10**400, 1e308, float("inf"), float("nan"), "\ud800", "\u202e")
)
_scalars: Final = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | _edges
_json: Final = st.recursive(
    _scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(_KEYS) | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=8,
)


def _mostly(usual: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """The usual, and now and then something else: a grammar that is always kept finds little."""
    return st.integers(0, 19).flatmap(lambda n: _json if n == 19 else usual)


_byte_mutations: Final = st.builds(
    ByteMutation,
    kind=st.sampled_from(("insert", "remove", "repeat", "flip", "graft", "cut")),
    at=st.integers(0, 1 << 16),
    length=st.integers(0, 200),
    times=st.sampled_from((2, 3, 50)),
    piece=st.sampled_from(_PIECES) | st.binary(max_size=8),
)
_tree_mutations: Final = st.builds(
    TreeMutation,
    kind=st.sampled_from(("replace", "copy", "delete", "repeat", "rename")),
    at=st.integers(0, 1 << 10),
    other=st.integers(0, 1 << 10),
    times=st.sampled_from((1, 2, 30)),
    value=_json,
    key=st.sampled_from(_KEYS),
)


def _few(mutations: st.SearchStrategy[Any], most: int) -> st.SearchStrategy[list[Any]]:
    """None at all as often as some: most changes of bytes leave no JSON."""
    return st.just([]) | st.lists(mutations, min_size=1, max_size=most)


@st.composite
def _changed(draw: st.DrawFn, texts: st.SearchStrategy[bytes]) -> bytes:
    """JSON with up to four changes of its tree, then up to three of its bytes."""
    text = with_tree_changed(draw(texts), draw(_few(_tree_mutations, 4)))
    return with_bytes_changed(text, draw(_few(_byte_mutations, 3)))


# ---- notebooks -----------------------------------------------------------------------------------------------------

_grade_ids: Final = st.sampled_from([*ANSWERS, *(f"{name}_check" for name in ANSWERS), "other", "student-1"])
_marks: Final = st.fixed_dictionaries(
    {"grade_id": _mostly(_grade_ids)},
    optional={
        **dict.fromkeys(("grade", "solution", "locked"), _mostly(st.booleans())),
        "points": _json,
        "cell_type": _json,
        "schema_version": _json,
    },
)
_cell_metadata: Final = st.fixed_dictionaries({}, optional={"nbgrader": _mostly(_marks), "tags": _json, "other": _json})
_sources: Final = st.sampled_from([*ANSWERS.values(), "", "%%bash\nls", "!ls", "def forward("]) | st.text(max_size=60)
_bundles: Final = st.dictionaries(
    st.sampled_from(("text/plain", "image/png", "image/svg+xml", "text/html")),
    _mostly(st.text(max_size=20)),
    max_size=3,
)
_outputs: Final = st.fixed_dictionaries(
    {"output_type": _mostly(st.sampled_from(("stream", "display_data", "execute_result", "error")))},
    optional={"data": _mostly(_bundles), "text": _json, "metadata": _json, "traceback": _json},
)
_cells: Final = st.fixed_dictionaries(
    {
        "cell_type": _mostly(st.sampled_from(("code", "code", "markdown", "raw"))),
        "metadata": _mostly(_cell_metadata),
        "source": _mostly(_sources | _sources.map(lambda text: text.splitlines(keepends=True))),
    },
    optional={
        "id": _mostly(st.text(max_size=8) | _grade_ids),
        "outputs": _mostly(st.lists(_outputs, max_size=3)),
        "attachments": _mostly(st.dictionaries(st.text(max_size=8), _mostly(_bundles), max_size=2)),
        "execution_count": _json,
    },
)
_kernels: Final = st.fixed_dictionaries({"kernelspec": _json, "language_info": _json})
_notebooks: Final = st.fixed_dictionaries(
    {
        "cells": _mostly(st.lists(_mostly(_cells), max_size=8)),
        "metadata": _mostly(st.just({}) | _kernels),
        "nbformat": _mostly(st.just(4)),
        "nbformat_minor": _mostly(st.integers(0, 5)),
    }
).map(as_bytes)

# ---- frames --------------------------------------------------------------------------------------------------------

_sizes: Final = st.integers(0, 4) | st.sampled_from((-1, 2**31, 2**62))
_tensors: Final = st.tuples(
    _mostly(st.sampled_from(sorted(DTYPES))),
    _mostly(st.lists(_sizes, max_size=4)),
    _mostly(st.sampled_from(("cpu", "sim", "cuda"))),
).flatmap(lambda node: st.just([*node]) | _mostly(st.lists(_sizes, max_size=4)).map(lambda strides: [*node, strides]))
_leaves: Final = st.one_of(
    _scalars,
    _tensors.map(lambda node: {"t": node}),
    _json.map(lambda value: {"f": value}),
    _json.map(lambda value: {"o": value}),
    st.lists(_scalars, max_size=3).map(lambda value: {"c": value}),
)


def _containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    pairs = st.lists(st.lists(inner, min_size=2, max_size=2), max_size=3)
    fields = st.lists(st.tuples(_mostly(st.text(max_size=5)), inner).map(list), max_size=3)
    return st.one_of(
        st.tuples(st.sampled_from("lus"), st.lists(inner, max_size=4)).map(lambda given: {given[0]: given[1]}),
        pairs.map(lambda value: {"d": value}),
        st.tuples(_mostly(st.text(max_size=5)), fields).map(lambda value: {"r": [*value]}),
        inner.map(lambda value: {"g": value}),
    )


_headers: Final = st.recursive(_leaves, _containers, max_leaves=12).map(as_bytes)


@st.composite
def _framed(draw: st.DrawFn, header: bytes, body: bytes) -> bytes:
    """Both with their sizes before them, of which one may be a lie."""
    sizes = [len(header), len(body)]
    lie = draw(st.none() | st.sampled_from((0, 1, 2**20, 2**31, 2**32 - 1))) if draw(st.integers(0, 7)) == 7 else None
    if lie is not None:
        sizes[draw(st.integers(0, 1))] = lie
    return struct.pack("<IQ", *sizes) + header + body


@st.composite
def _made_frames(draw: st.DrawFn) -> bytes:
    """A frame by its grammar. The body mostly has the bytes that the header asks for."""
    header = draw(_headers)
    wanted = _bytes_wanted(header)
    exact = st.binary(min_size=wanted, max_size=wanted) if wanted <= 1024 else st.binary(max_size=64)
    body = draw(exact if draw(st.integers(0, 4)) else st.binary(max_size=64))
    return draw(_framed(with_bytes_changed(header, draw(_few(_byte_mutations, 2))), body))


@st.composite
def _kept_frames(draw: st.DrawFn, kept: tuple[bytes, ...]) -> bytes:
    given = draw(st.sampled_from(kept))
    start = len(given) - min(struct.unpack_from("<Q", given, 4)[0], len(given) - 12)
    header, body = draw(_changed(st.just(given[12:start]))), given[start:]
    return draw(_framed(header, with_bytes_changed(body, draw(_few(_byte_mutations, 1)))))


def _bytes_wanted(header: bytes) -> int:
    """How many bytes the tensors of a header have; at most a little more than anybody draws."""
    wanted, stack = 0, [json.loads(header)]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            match node.get("t"):
                case [str(dtype), list(shape), *_] if dtype in DTYPES and all(type(n) is int and n >= 0 for n in shape):
                    wanted += min(math.prod(shape), 1 << 20) * DTYPES[dtype].itemsize
            stack += node.values()
        elif isinstance(node, list):
            stack += node
    return wanted


def kept(target: str) -> tuple[bytes, ...]:
    """The corpus of a decoder."""
    return tuple(path.read_bytes() for path in sorted((CORPUS / target).iterdir()))


STRATEGIES: Final = {
    "frames": _made_frames() | _kept_frames(kept("frames")),
    "notebooks": _changed(_notebooks | st.sampled_from(kept("notebooks"))),
}
