"""What is observed inside the jail can be rewritten there: which of such attacks are told to staff, and which are not.

SECURITY.md holds the table; this keeps it true. `TORCHSTONE_WRITE=1` writes it anew.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from arena.ours import LIMITS

from torchstone.judge.children import Zygotes
from torchstone.judge.judge import Judge
from torchstone.model import Cell, GradingPolicy, JailPolicy, Program, Result
from torchstone.secret import PUBLIC_KEY

SECURITY: Final = Path(__file__).parents[2] / "SECURITY.md"
GRADER: Final = '''
import torch
from torchstone.judge import agree, exercise, points

pytestmark = exercise("e", {how})

@points(1)
def test_gelu(student, draw):
    """GELU"""
    agree(student.gelu(draw(3, 4)))
'''
#: Week by week: what is seen of names, operations and inputs; and what is seen of devices.
WEEKS: Final = {
    "week01": 'worlds=["float32"], forbidden=["torch.nn.functional.gelu"]',
    "week02": 'worlds=["float32", "accelerator"], accelerator=1',
}
SOLUTION: Final = "import math\nimport torch\ndef gelu(x): return x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))\n"

#: What is rewritten, and the text that does it; each answers right.
ATTACKS: Final = {
    "the operation by its inner name (`torch.ops.aten.gelu`)": "def gelu(x): return torch.ops.aten.gelu(x)",
    "a forbidden function kept in a default argument": "def gelu(x, f=torch.nn.functional.gelu): return f(x)",
    "a refusal that is caught": """
def gelu(x, own=gelu):
    try:
        return torch.nn.functional.gelu(x)
    except Exception:
        return own(x)
""",
    "a forbidden name that is read and never called": "unused = torch.nn.functional.gelu",
    "the refusals of the worker taken back": """
import contextlib, torchstone.jail.refusals as r
@contextlib.contextmanager
def nothing(self, namespace, *, operations): yield set()
r.Refusals.watching = nothing
def make(): return torch.nn.functional.__dict__['ge' + 'lu']
def gelu(x): return make()(x)
""",
    "the profiler switched off": """
import torch.autograd
kept = torch._C._nn
def gelu(x):
    torch.autograd._disable_profiler_legacy()
    from torch._C._profiler import ProfilerConfig, ProfilerState, _ExperimentalConfig
    out = getattr(kept, 'ge' + 'lu')(x)
    torch.autograd._enable_profiler_legacy(
        ProfilerConfig(ProfilerState.CPU, False, False, False, False, False, _ExperimentalConfig()))
    return out
""",
    "the operation run in a thread of its own": """
import threading
def gelu(x):
    out = []
    thread = threading.Thread(target=lambda: out.append(getattr(torch._C._nn, 'ge' + 'lu')(x)))
    thread.start(); thread.join()
    return out[0]
""",
    "an input changed and put back": """
def gelu(x, own=gelu):
    kept = x.clone()
    x.zero_()
    x.copy_(kept)
    return own(x)
""",
    "the worker's look at changed inputs replaced": """
import sys
sys.modules["torchstone.jail.worker"]._mutated = lambda before: []
def gelu(x, own=gelu):
    out = own(x)
    x.zero_()
    return out
""",
}
DEVICE_ATTACKS: Final = {
    "a subclass whose `device` names the accelerator, of values on the CPU": """
class Liar(torch.Tensor):
    device = property(lambda self: torch.device("sim"))
def gelu(x, own=gelu): return own(x.cpu()).as_subclass(Liar)
""",
    "values computed on the CPU and moved to the accelerator at the end": """
def gelu(x, own=gelu): return own(x.cpu()).to(x.device)
""",
    "the worker's word for a tensor's device replaced": """
import sys
encode = sys.modules["torchstone.wire.encode"]
encode._plain = lambda tensor, own=encode._plain: (own(tensor)[0], "sim")
def gelu(x, own=gelu): return own(x.cpu())
""",
}


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    graders = tmp_path_factory.mktemp("graders")
    for week, how in WEEKS.items():
        (graders / week).mkdir()
        (graders / week / "test_e.py").write_text(GRADER.format(how=how))
    policy = GradingPolicy(JailPolicy(limits=LIMITS, preload=()), PUBLIC_KEY, scored_devices=("cpu", "sim"))
    zygotes = Zygotes(policy.jail)
    with Judge(graders, policy, zygotes=zygotes) as made:
        for week in WEEKS:
            made.know(handed_in("", week))
        yield made
    zygotes.close()


def handed_in(text: str, week: str = "week01") -> Program:
    return Program(week, (Cell("e", 1, SOLUTION + text),))


@pytest.fixture(scope="module")
def results(judge: Judge) -> dict[str, Result]:
    of_names = {name: judge.grade(handed_in(text)) for name, text in ATTACKS.items()}
    return of_names | {name: judge.grade(handed_in(text, "week02")) for name, text in DEVICE_ATTACKS.items()}


def told(result: Result) -> bool:
    checks = [c for e in result.exercises for c in e.checks]
    return any(c.staff for c in checks) or any(c.verdict and c.verdict.basis == "self-reported" for c in checks)


def test_the_table_of_attacks_on_self_reported_evidence_is_true(results: dict[str, Result]) -> None:
    found = {name: told(result) for name, result in results.items()}
    rows = "\n".join(f"| {name} | {'yes' if yes else 'no'} |" for name, yes in found.items())
    counted = f"{sum(found.values())} of {len(found)} are told to staff; {len(found) - sum(found.values())} are not."
    table = f"| attack on self-reported evidence | told to staff |\n|---|---|\n{rows}\n\n{counted} "
    table += "None of them changes what a right number is.\n"
    text = SECURITY.read_text()
    written = re.sub(
        r"(<!-- self-reported: .*? -->\n).*?(<!-- /self-reported -->)",
        lambda m: m[1] + table + m[2],
        text,
        flags=re.DOTALL,
    )
    if os.environ.get("TORCHSTONE_WRITE"):
        SECURITY.write_text(written)
    assert written == text, "the table in SECURITY.md is not what was seen; TORCHSTONE_WRITE=1 writes it anew"


def test_no_point_of_the_cpu_is_lost_where_the_answer_is_right(results: dict[str, Result]) -> None:
    for name, result in results.items():
        (graded,) = result.exercises
        assert [c.status for c in graded.checks if c.device == "cpu"] == ["passed"], name


def test_an_honest_answer_is_not_told(judge: Judge) -> None:
    for week in WEEKS:
        result = judge.grade(handed_in("", week))
        assert result.earned == result.points
        assert not told(result)
