"""What honest students hand in: each a change of a notebook in which every exercise is answered."""

from __future__ import annotations

import copy
import json
import textwrap
from collections.abc import Callable
from typing import Any

Json = dict[str, Any]

FORWARD = "def forward(X, W):\n    return (X @ W).relu()"
GRADIENT = "def gradient(X, W, up):\n    open = up * (X @ W > 0)\n    return open @ W.T, X.T @ open"
COUNT = "def count(words):\n    return {word: words.count(word) for word in words}"
ANSWERS = {"forward": FORWARD, "gradient": GRADIENT, "count": COUNT}

ODDITIES: dict[str, Callable[[Json], bytes]] = {}


def code(source: str, grade_id: str | None = None, **marks: Any) -> Json:
    metadata: Json = {}
    if grade_id:
        flags = {"grade": False, "locked": False, "solution": False, "schema_version": 3, "cell_type": "code"}
        metadata["nbgrader"] = {**flags, "grade_id": grade_id, **marks}
    source = textwrap.dedent(source).strip("\n")
    return {"cell_type": "code", "metadata": metadata, "source": source, "execution_count": None, "outputs": []}


def release() -> Json:
    cells: list[Json] = [{"cell_type": "markdown", "metadata": {}, "source": "# A layer"}]
    setup = code("import torch")
    setup["metadata"]["tags"] = ["setup"]
    cells.append(setup)
    for name, text in ANSWERS.items():
        stub = text.partition("\n")[0] + "\n    raise NotImplementedError"
        cells.append(code(stub, name, solution=True))
        cells.append(code(f"assert callable({name})", f"{name}_check", grade=True, locked=True, points=2))
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def answered() -> Json:
    notebook = release()
    for name, text in ANSWERS.items():
        cell(notebook, name)["source"] = text
    return notebook


def cell(notebook: Json, name: str) -> Json:
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == name)


def data(notebook: Json, **how: Any) -> bytes:
    return json.dumps(notebook, **how).encode()


Change = Callable[[Json], "bytes | None"]


def oddity(change: Change) -> Change:
    """An oddity under its function's name: a change in place, or bytes."""

    def made(notebook: Json) -> bytes:
        changed = change(notebook)
        return data(notebook) if changed is None else changed

    ODDITIES[change.__name__] = made
    return change


def _answers(name: str, **texts: str) -> None:
    """An oddity that writes answers another way."""

    def made(notebook: Json) -> bytes:
        for exercise, text in texts.items():
            cell(notebook, exercise)["source"] = textwrap.dedent(text).strip("\n")
        return data(notebook)

    ODDITIES[name] = made


_answers(
    "warnings",
    forward="""
        import warnings
        warnings.warn("the layer is deprecated")
        def forward(X, W):
            warnings.warn("beware")
            return (X @ W).relu()
        """,
)
_answers(
    "prints",
    forward="""
        def forward(X, W):
            print("shapes", X.shape, W.shape, "✓" * 200)
            return (X @ W).relu()
        """,
)
_answers(
    "prints to stderr",
    count="""
        import sys
        def count(words):
            print("counting…", file=sys.stderr)
            return {word: words.count(word) for word in words}
        """,
)
_answers(
    "a progress bar",
    count="""
        try:
            from tqdm import tqdm
        except ImportError:
            def tqdm(items):
                for i, item in enumerate(items):
                    print(f"\\r{i}", end="")
                    yield item
        def count(words):
            return {word: words.count(word) for word in tqdm(words)}
        """,
)
_answers(
    "logging",
    forward="""
        import logging
        logging.basicConfig(level=logging.DEBUG)
        log = logging.getLogger(__name__)
        def forward(X, W):
            log.debug("forward of %s", X.shape)
            return (X @ W).relu()
        """,
)
_answers(
    "renamed parameters",
    forward="def forward(features, weights):\n    return (features @ weights).relu()",
)
_answers(
    "type hints and a docstring",
    forward='''
        from __future__ import annotations
        from torch import Tensor
        def forward(X: Tensor, W: Tensor) -> Tensor:
            """ReLU of a product."""
            return (X @ W).relu()
        ''',
)
_answers("from torch import star", forward="from torch import *\ndef forward(X, W):\n    return relu(matmul(X, W))")
_answers(
    "a class with further arguments",
    forward="""
        class Layer:
            def __init__(self, slope=0.0, *, name="layer", **more):
                self.slope, self.name, self.more = slope, name, more
            def __call__(self, X, W, verbose=False):
                return (X @ W).clamp(min=self.slope)
        def forward(X, W, layer=Layer(name="mine")):
            return layer(X, W)
        """,
)
_answers(
    "a dataclass",
    gradient="""
        from dataclasses import dataclass
        @dataclass
        class Cache:
            X: torch.Tensor
            W: torch.Tensor
        def gradient(X, W, up):
            cache = Cache(X, W)
            open = up * (cache.X @ cache.W > 0)
            return open @ cache.W.T, cache.X.T @ open
        """,
)
_answers(
    "if name is main",
    count="""
        def count(words):
            return {word: words.count(word) for word in words}
        if __name__ == "__main__":
            print(count(["a", "a"]))
        """,
)
_answers(
    "unicode names",
    gradient="""
        def gradient(X, W, up):
            δ = up * (X @ W > 0)
            ᾱ = δ @ W.T
            return ᾱ, X.T @ δ
        """,
)
_answers(
    "a figure",
    forward="""
        import matplotlib.pyplot as plt
        def forward(X, W):
            return (X @ W).relu()
        x = torch.linspace(-1, 1, 20)
        fig, ax = plt.subplots()
        ax.plot(x, x.relu())
        plt.show()
        """,
)
_answers(
    "seeds set globally",
    forward="""
        import random
        import numpy as np
        torch.manual_seed(0); random.seed(0); np.random.seed(0)
        torch.use_deterministic_algorithms(True)
        def forward(X, W):
            torch.manual_seed(1)
            return (X @ W).relu()
        """,
)
_answers(
    "the default dtype changed",
    forward="""
        torch.set_default_dtype(torch.float64)
        def forward(X, W):
            return (X @ W).relu()
        """,
)
_answers(
    "gradients switched off in a cell",
    forward="torch.set_grad_enabled(False)\ndef forward(X, W):\n    return (X @ W).relu()",
)
_answers(
    "computed in float64",
    gradient="""
        def gradient(X, W, up):
            A, B, C = X.double(), W.double(), up.double()
            C = C * (A @ B > 0)
            return (C @ B.T).to(X.dtype), (A.T @ C).to(X.dtype)
        """,
)
_answers(
    "in place on own copies",
    forward="def forward(X, W):\n    out = X.clone() @ W\n    out.clamp_(min=0)\n    out += 0\n    return out",
)
_answers(
    "lambdas", forward="forward = lambda X, W: (X @ W).relu()", count="count = lambda w: {x: w.count(x) for x in w}"
)
_answers(
    "a compiled function",
    forward="@torch.compile\ndef forward(X, W):\n    return (X @ W).relu()",
    count="@torch.compile(fullgraph=True, mode='max-autotune')\n" + COUNT,
)
_answers(
    "decorators and a cache",
    count="""
        from functools import lru_cache, wraps
        def timed(f):
            @wraps(f)
            def inner(*a, **k):
                import time
                began = time.perf_counter()
                try:
                    return f(*a, **k)
                finally:
                    print(time.perf_counter() - began)
            return inner
        @lru_cache
        def number(words, word):
            return words.count(word)
        @timed
        def count(words):
            return {word: number(tuple(words), word) for word in words}
        """,
)
_answers(
    "a Counter in place of a dictionary",
    count="from collections import Counter\ndef count(words):\n    return dict(Counter(words))",
)
_answers(
    "a list in place of a tuple",
    gradient="""
        def gradient(X, W, up):
            Z = (X @ W).detach()
            open = up * (Z > 0)
            return tuple([open @ W.T, X.T @ open])
        """,
)
_answers(
    "by autograd",
    gradient="""
        def gradient(X, W, up):
            X, W = X.clone().requires_grad_(), W.clone().requires_grad_()
            return torch.autograd.grad(torch.relu(X @ W), (X, W), up)
        """,
)
_answers(
    "by loops over numpy",
    forward="""
        import numpy as np
        def forward(X, W):
            a, b = X.detach().numpy(), W.detach().numpy()
            out = np.zeros((len(a), b.shape[1]), dtype=a.dtype)
            for i in range(len(a)):
                for j in range(b.shape[1]):
                    out[i, j] = max(float(a[i] @ b[:, j]), 0.0)
            return torch.from_numpy(out)
        """,
)
_answers(
    "magics and shell lines",
    forward="%matplotlib inline\n!pip list\n%timeit -n1 -r1 1 + 1\ndef forward(X, W):\n    return (X @ W).relu()",
)
_answers("a sentence at the end", count=COUNT + '\n\ncount(["a"])  # looks right!\n')
_answers(
    "an own check that fails",
    forward=FORWARD + "\n\nassert forward(torch.ones(1, 1), torch.ones(1, 1)) == 3, 'why?'",
)
_answers("no blank at the end, tabs inside", forward="def forward(X, W):\n\tout = X @ W\n\treturn out.relu()")


@oddity
def further_cells(notebook: Json) -> None:
    notebook["cells"][4:4] = [code("scratch = 3\nscratch * 2"), code("undefined_name"), code("")]


@oddity
def helper_in_another_cell(notebook: Json) -> None:
    cell(notebook, "forward")["source"] = "def forward(X, W):\n    return my_relu(X @ W)"
    notebook["cells"].insert(2, code("def my_relu(x):\n    return x * (x > 0)"))


@oddity
def reordered_cells(notebook: Json) -> None:
    cells = notebook["cells"]
    cells[2:4], cells[6:8] = cells[6:8], cells[2:4]


@oddity
def duplicated_answer(notebook: Json) -> None:
    first = copy.deepcopy(cell(notebook, "forward"))
    first["source"] = "def forward(X, W):\n    return X @ W  # first try"
    notebook["cells"].insert(2, first)


@oddity
def duplicated_check(notebook: Json) -> None:
    notebook["cells"].append(copy.deepcopy(cell(notebook, "forward_check")))


@oddity
def split_answer(notebook: Json) -> None:
    at = notebook["cells"].index(cell(notebook, "forward"))
    notebook["cells"].insert(at, code("def product(X, W):\n    return X @ W"))
    cell(notebook, "forward")["source"] = "def forward(X, W):\n    return product(X, W).relu()"


@oddity
def deleted_check_and_text(notebook: Json) -> None:
    notebook["cells"] = [c for c in notebook["cells"] if c is not cell(notebook, "count_check")][1:]


@oddity
def lost_metadata(notebook: Json) -> None:
    for c in notebook["cells"]:
        c["metadata"] = {}


@oddity
def crlf_line_ends(notebook: Json) -> bytes:
    for c in notebook["cells"]:
        c["source"] = c["source"].replace("\n", "\r\n")
    return data(notebook, indent=1).replace(b"\n", b"\r\n")


@oddity
def no_final_newline_and_a_byte_order_mark(notebook: Json) -> bytes:
    return b"\xef\xbb\xbf" + data(notebook, indent=1, ensure_ascii=False)


@oddity
def saved_by_jupyterlab(notebook: Json) -> bytes:
    for i, c in enumerate(notebook["cells"]):
        c["id"] = f"a1b2c3d{i}"
        c["source"] = c["source"].splitlines(keepends=True)
        if c["cell_type"] == "code":
            c["execution_count"] = i
            c["metadata"]["execution"] = {"iopub.execute_input": "2021-10-04T12:00:00.000000Z"}
            c["outputs"] = [{"name": "stderr", "output_type": "stream", "text": ["UserWarning: beware\n"]}]
    notebook["metadata"]["toc-autonumbering"] = False
    return data(notebook, indent=1, ensure_ascii=False) + b"\n"


@oddity
def saved_by_vs_code(notebook: Json) -> bytes:
    for c in notebook["cells"]:
        c["source"] = c["source"].splitlines(keepends=True)
        c["metadata"]["vscode"] = {"languageId": "python"}
        c.pop("id", None)
    notebook["metadata"] = {
        "kernelspec": {"display_name": ".venv (3.11.9)", "language": "python", "name": "python3"},
        "language_info": {"name": "python", "version": "3.11.9", "codemirror_mode": {"name": "ipython", "version": 3}},
        "orig_nbformat": 4,
        "vscode": {"interpreter": {"hash": "31f2aee4e71d21fbe5cf8b01ff0e069b"}},
    }
    notebook["nbformat_minor"] = 2
    return data(notebook, indent=2, ensure_ascii=False)


@oddity
def saved_by_colab(notebook: Json) -> bytes:
    for i, c in enumerate(notebook["cells"]):
        c["metadata"] |= {"id": f"Xy_{i}zQ", "colab": {"base_uri": "https://localhost:8080/"}}
        if c["cell_type"] == "code":
            c["metadata"]["outputId"] = f"0e{i}"
            c["outputs"] = [
                {"output_type": "execute_result", "data": {"text/plain": ["1"]}, "metadata": {}, "execution_count": 1}
            ]
    notebook["metadata"] = {
        "colab": {"name": "week01.ipynb", "provenance": [], "toc_visible": True, "gpuType": "T4"},
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
        "language_info": {"name": "python"},
        "accelerator": "GPU",
        "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {}, "version_major": 2}},
    }
    notebook["nbformat_minor"] = 0
    return data(notebook, ensure_ascii=False)


@oddity
def saved_by_classic_notebook(notebook: Json) -> bytes:
    for c in notebook["cells"]:
        c["metadata"] |= {"collapsed": True, "scrolled": False, "deletable": False}
        c["source"] = [line + "\n" for line in c["source"].split("\n")]
        c["source"][-1] = c["source"][-1].rstrip("\n")
    notebook["metadata"] |= {"anaconda-cloud": {}, "latex_envs": {}, "nbpresent": {"slides": {}}, "varInspector": {}}
    notebook["nbformat_minor"] = 4
    return data(notebook, indent=1) + b"\n"
