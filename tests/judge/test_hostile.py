"""Submissions that attack the judge: each earns nothing on what it gets wrong, and none is the course's fault."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest

Bench = Any  # the fixture of conftest.py

GRADER = """
    @scenario
    def gradients(code, X, W, upstream):
        out, cache = code.forward(X, W)
        return {"out": out, "gradient": code.backward(upstream, cache)}

    @points(2)
    @pytest.mark.parametrize("n, d, k", [(5, 3, 2), (4, 4, 4)])
    def test_gradients(student, draw, n, d, k):
        \"\"\"The gradients\"\"\"
        agree(gradients(student, draw(n, d), draw(d, k), draw(n, k)))

    @points(1)
    def test_random(student, draw):
        \"\"\"A property\"\"\"
        x = student.random(draw(20, 30), draw.generator())
        assert x.shape == (20, 30), "as many entries as the input"
        assert 0.2 < (x == 0).double().mean() < 0.8, "about half of them are zero"
    """
SOLUTION = """
    # %% e
    import torch
    def forward(X, W): return X @ W, (X, W)
    def backward(up, cache): return {"X": up @ cache[1].T, "W": cache[0].T @ up}
    def random(x, generator): return x * (torch.rand(x.shape, generator=generator) < 0.5).to(x)
    """
ATTACKS = {
    "patched torch": """
        torch.equal = torch.allclose = torch.Tensor.__eq__ = lambda *a, **k: True
        torch.autograd.grad = lambda *a, **k: [torch.zeros(1)]
        def forward(*a): return torch.zeros(5, 2), ()
        def backward(*a): return {}
        def random(x, g): return torch.zeros(20, 7)
        """,
    "always equal": """
        class E:
            def __eq__(s, o): return True
            def __getattr__(s, n): return s
            def __call__(s, *a, **k): return s
            def __iter__(s): return iter((s, s))
            def __bool__(s): return True
        def forward(*a): return E(), E()
        def backward(*a): return E()
        def random(*a): return E()
        """,
    "a subclass that lies": """
        class T(torch.Tensor):
            @classmethod
            def __torch_function__(cls, f, types, args=(), kwargs=None): return True
        def forward(X, W): return (X @ W).as_subclass(T) * 0, ()
        def backward(*a): return {"X": torch.zeros(5, 3).as_subclass(T), "W": torch.zeros(3, 2).as_subclass(T)}
        def random(x, g): return torch.ones(20, 30).as_subclass(T)
        """,
    "a record that lies": """
        from collections import namedtuple
        Lie = namedtuple("Tensor", "shape dtype numel")
        def forward(*a): return Lie((5, 2), "float32", 10), ()
        def backward(*a): return Lie(1, 2, 3)
        def random(*a): return Lie((20, 30), "float32", 600)
        """,
    "forged frames": """
        def forge(*a):
            head = b'{"u":[1,"ok",{"d":[]},{"l":[]},{"l":[]}]}'
            for fd in range(3, 12):
                try: os.write(fd, struct.pack("<IQ", len(head), 0) + head)
                except OSError: pass
        forward = backward = random = forge
        """,
    "the worker's own tools replaced": """
        import torchstone.wire, torchstone.jail
        torchstone.wire.send = lambda *a, **k: None
        for m in list(sys.modules.values()):
            for n in ("calm", "_mutated", "_same", "fill"):
                if hasattr(m, n) and "torchstone" in getattr(m, "__name__", ""): setattr(m, n, lambda *a, **k: [])
        def forward(*a): return 0, 0
        def backward(*a): return 0
        def random(*a): return 0
        """,
    "nan everywhere": """
        def forward(X, W): return X @ W * float("nan"), ()
        def backward(up, c): return {"X": torch.full((5, 3), float("nan")), "W": torch.full((3, 2), float("nan"))}
        def random(x, g): return x * float("nan")
        """,
    "a million items": """
        def forward(*a): return [0] * 10**6, 0
        def backward(*a): return list(range(10**6))
        def random(*a): return {i: i for i in range(10**6)}
        """,
    "nested without end": """
        deep = []
        for _ in range(100000): deep = [deep]
        loop = []; loop.append(loop)
        def forward(*a): return deep, 0
        def backward(*a): return loop
        def random(*a): return loop
        """,
    "exceptions that lie": """
        class Bad(BaseException):
            def __str__(s): raise SystemExit
        Bad.__name__ = "\\x1b[31m<script>" + "x" * 9999
        def boom(*a): raise Bad("\\u202e" * 9999)
        forward = backward = random = boom
        """,
    "the judge's own exceptions": """
        from torchstone.errors import CourseFault, JailError
        def forward(*a): raise CourseFault("the check fails on the reference")
        def backward(*a): raise JailError("broken")
        def random(*a): raise pytest_skip
        """,
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_earns_nothing(bench: Bench, attack: str) -> None:
    bench.week(GRADER)
    submission = "# %% e\nimport gc, os, struct, sys, types\nimport torch\n" + textwrap.dedent(ATTACKS[attack])
    result = bench.grade(submission, SOLUTION, bench.everywhere)
    assert result.earned == 0
    assert not result.course_faults
    assert result.complete
    for check in result.exercises[0].checks:
        assert check.verdict is not None
        assert check.verdict.message.isprintable()
        assert len(check.verdict.message) < 500


def test_the_solution_itself_is_right(bench: Bench) -> None:
    bench.week(GRADER)
    assert bench.grade(SOLUTION, SOLUTION, bench.everywhere).earned == 4
