"""Three reports that between them show everything a page can say, and a reader of pages."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from html.parser import HTMLParser

import pytest

from torchstone.model import (
    Basis,
    BrokenCell,
    CheckResult,
    ExerciseResult,
    ExerciseScore,
    Hint,
    LateNote,
    Repair,
    Result,
    Stage,
    StudentReport,
    Verdict,
    Where,
)

EDT = timezone(timedelta(hours=-4), "EDT")

#: Stands in everything that only staff may read.
CANARY = "canary-5d1c-staff-only"

HOSTILE = "<script>alert(1)</script>\"' onload=x {{ 7*7 }} \u202eevil\u2066 \x1b[31mred\x07 $\\href{javascript:x}{y}$"


@dataclass
class Element:
    """An element of a parsed page."""

    tag: str
    attributes: dict[str, str | None]
    parent: Element | None
    children: list[Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)  #: all text inside, in order

    @property
    def text(self) -> str:
        return " ".join("".join(self.texts).split())

    def all(self, *tags: str) -> list[Element]:
        """This element's descendants with one of these tags, in document order; all of them without tags."""
        found = []
        for child in self.children:
            found += [child] if not tags or child.tag in tags else []
            found += child.all(*tags)
        return found

    def inside(self, tag: str) -> bool:
        return self.parent is not None and (self.parent.tag == tag or self.parent.inside(tag))


class _Reader(HTMLParser):
    """Builds the tree and insists that tags are balanced."""

    void = frozenset({"meta", "br", "img", "rect"})

    def __init__(self) -> None:
        super().__init__()
        self.root = self.here = Element("document", {}, None)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names), f"<{tag}> repeats an attribute"
        element = Element(tag, dict(attrs), self.here)
        self.here.children.append(element)
        if tag not in self.void:
            self.here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.void:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.here.tag == tag, f"</{tag}> closes <{self.here.tag}>"
        assert self.here.parent is not None
        self.here = self.here.parent

    def handle_data(self, data: str) -> None:
        element: Element | None = self.here
        while element is not None:
            element.texts.append(data)
            element = element.parent


@pytest.fixture
def read() -> Callable[[str], Element]:
    """Parses a page into its tree; fails where tags are not balanced or text holds control characters."""

    def parse(page: str) -> Element:
        reader = _Reader()
        reader.feed(page)
        reader.close()
        assert reader.here is reader.root, f"<{reader.here.tag}> is never closed"
        for character in "".join(reader.root.texts):
            assert character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cf", "Cs"), ascii(character)
        return reader.root

    return parse


@pytest.fixture
def canary() -> str:
    """Stands in everything that only staff may read."""
    return CANARY


@pytest.fixture(params=["good", "mixed", "hostile"])
def report(request: pytest.FixtureRequest) -> StudentReport:
    """Each of the three reports."""
    made: StudentReport = request.getfixturevalue(request.param)
    return made


def check(exercise: str, name: str, title: str, points: float, earned: float, **more: object) -> CheckResult:
    status = more.pop("status", "passed" if earned else "failed")
    return CheckResult(exercise, name, title, points, earned, status, probes=6, **more)  # type: ignore[arg-type]


def result(exercises: dict[str, tuple[CheckResult, ...]], **more: object) -> Result:
    made = tuple(
        ExerciseResult(exercise, sum(c.points for c in checks), sum(c.earned for c in checks), checks)
        for exercise, checks in exercises.items()
    )
    return Result(
        "week04",
        program=f"program-{CANARY}",
        key=f"key-{CANARY}",
        exercises=made,
        tier="namespaces",
        fingerprint=f"fingerprint-{CANARY}",
        devices=("cpu", "sim"),
        **more,  # type: ignore[arg-type]
    )


@pytest.fixture
def good() -> StudentReport:
    checks = {
        "activations": (
            check("activations", "test_relu", "ReLU: values, and the gradient through $\\max(0, x)$", 3, 3),
            check("activations", "accelerator", "The same on an accelerator", 1, 1, device="sim"),
        ),
        "dropout": (check("dropout", "test_mean", "The mean is kept", 6, 6),),
    }
    return StudentReport(
        student="aj42",
        name="Amina Jansen",
        assignment="week04",
        title="Multilayer perceptrons",
        result=result(checks),
        repairs=(),
        exercises=(
            ExerciseScore("activations", "Activations", 4.0, None, 4.0),
            ExerciseScore("dropout", "Inverted dropout", 6.0, None, 6.0),
        ),
        late=None,
        received=datetime(2021, 10, 10, 21, 4, tzinfo=EDT),
        total=10.0,
        maximum=10.0,
    )


@pytest.fixture
def mixed() -> StudentReport:
    checks = {
        "activations": (
            check("activations", "test_relu", "ReLU: values, and gradients from a random upstream gradient", 3, 3),
            check("activations", "test_gelu", "GELU: the exact $x\\,\\Phi(x)$ and its derivative", 4, 4),
            check(
                "activations",
                "test_sigmoid",
                "Sigmoid stays finite at $\\pm 10^4$",
                2,
                0,
                verdict=Verdict(
                    Stage.FINITE,
                    "2 of 14 entries are nan where a finite number is expected; the first is at index [0, 3].",
                    where=Where("cell 7", 21, "    return e / (1 + e)"),
                    hint=Hint(
                        "overflow",
                        "`torch.exp(x)` overflows to inf for large x, and inf / inf is nan. For $x \\ge 0$ use "
                        "$\\frac{1}{1 + e^{-x}}$, for $x < 0$ use $\\frac{e^{x}}{1 + e^{x}}$: neither overflows.",
                        "https://d2l.ai/chapter_multilayer-perceptrons/",
                    ),
                    probe="x = ±10000",
                ),
            ),
            check("activations", "accelerator", "The same on an accelerator", 1, 1, device="sim"),
        ),
        "mlp_forward_backward": (
            check("mlp_forward_backward", "test_loss", "The loss, the logits and the hidden layer", 4, 4),
            check(
                "mlp_forward_backward",
                "test_gradients",
                "The gradient of every parameter and of the input, from a random upstream gradient",
                8,
                0,
                verdict=Verdict(
                    Stage.SHAPE,
                    'The entry "b1" of what came back has shape [7, 3]; [3] is expected.\nEverything before it agrees.',
                    basis=Basis.BOUNDARY,
                    where=Where("cell 11", 18, '    return {"W1": X.T @ dh, "b1": dh, "W2": gW2, "b2": gb2}'),
                    hint=Hint(
                        "bias gradient not summed",
                        "The bias is added to every row of the batch, so its gradient sums over the rows: "
                        "$\\frac{\\partial L}{\\partial b_j} = \\sum_i \\delta_{ij}$.",
                    ),
                    probe="n = 7, d = 5, h = 3, k = 2",
                ),
            ),
            check(
                "mlp_forward_backward",
                "accelerator",
                "The same on an accelerator",
                2,
                0,
                device="sim",
                verdict=Verdict(
                    Stage.DEVICE,
                    'The entry "b1" came back on the CPU; its inputs were on the accelerator.',
                    basis=Basis.SELF_REPORTED,
                    world="sim",
                    probe="n = 7, d = 5, h = 3, k = 2",
                ),
            ),
        ),
        "k_fold": (
            check(
                "k_fold",
                "test_partition",
                "Every example is in exactly one validation part",
                4,
                0,
                verdict=Verdict(
                    Stage.RAN,
                    "The name k_fold is not defined: cell 19, which should define it, stopped.",
                ),
            ),
            check(
                "k_fold",
                "test_leakage",
                "Features are standardised with the training part only",
                4,
                0,
                status="skipped",
                verdict=Verdict(Stage.RAN, "Skipped: the two checks before it ended your program."),
            ),
        ),
        "my_gradcheck": (
            check("my_gradcheck", "test_accepts", "Accepts gradients that are right", 4, 4),
            check(
                "my_gradcheck",
                "test_rejects",
                "Rejects gradients that are wrong",
                6,
                0,
                status="course_fault",
                verdict=Verdict(Stage.RAN, f"the reference raised KeyError {CANARY}"),
                staff=f"reference.py fails {CANARY}",
            ),
        ),
    }
    return StudentReport(
        student="bk17",
        name="Bjørn Kowalski",
        assignment="week04",
        title="Multilayer perceptrons",
        result=result(
            checks,
            broken_cells=(BrokenCell("cell 19", "SyntaxError: expected ':'", 4, "    for fold in range(k)"),),
            output=f"hello {CANARY}",
        ),
        repairs=(
            Repair("magic", "The line “%matplotlib inline” was left out: magics do not run while grading.", "cell 2"),
            Repair(
                "duplicate",
                "The answer cell of dropout was there twice; the first one was graded.",
                "dropout",
            ),
        ),
        exercises=(
            ExerciseScore("activations", "Activations", 8.0, None, 10.0),
            ExerciseScore(
                "mlp_forward_backward",
                "Forward and backward by hand",
                4.0,
                6.0,
                14.0,
                comment="Your derivation is right; the code misses the sum over the batch.\nTwo points for it.",
            ),
            ExerciseScore("k_fold", "k-fold cross-validation", 0.0, None, 8.0),
            ExerciseScore("my_gradcheck", "A gradient check", None, None, 10.0, needs_manual=True),
            ExerciseScore("exploration", "Exploration", None, None, 10.0, needs_manual=True),
        ),
        late=LateNote(2, 1.8, "Received 2 days after the deadline (5 % of your points a day, after a free day)."),
        received=datetime(2021, 10, 13, 0, 40, tzinfo=EDT),
        total=12.2,
        maximum=52.0,
        flags=(f"course fault in my_gradcheck {CANARY}",),
    )


@pytest.fixture
def hostile(mixed: StudentReport) -> StudentReport:
    word = "W" * 5000
    where = Where(HOSTILE, 3, HOSTILE + word)
    verdict = Verdict(
        Stage.RAN,
        f"ValueError: {HOSTILE}{word}",
        where=where,
        hint=Hint(HOSTILE, HOSTILE, "javascript:alert(1)"),
        probe=HOSTILE,
    )
    checks = (check("activations", "test_x", HOSTILE, 3, 0, verdict=replace(verdict, world=HOSTILE), device=HOSTILE),)
    return replace(
        mixed,
        student=HOSTILE,
        name=f"</title>{HOSTILE}",
        title=HOSTILE,
        result=result(
            {HOSTILE: checks},
            broken_cells=tuple(BrokenCell(HOSTILE, HOSTILE + word, 1, word) for _ in range(40)),
            output=HOSTILE,
        ),
        repairs=(Repair("unreadable", HOSTILE + word, HOSTILE), *(Repair("magic", word, "cell 1") for _ in range(40))),
        exercises=(ExerciseScore(HOSTILE, HOSTILE, 0.0, None, 3.0, comment=f"{HOSTILE}\n{word}"),),
        late=LateNote(1, 0.0, HOSTILE),
        total=0.0,
        maximum=3.0,
        flags=(HOSTILE,),
    )
