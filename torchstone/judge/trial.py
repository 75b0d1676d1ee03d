"""One run of a check's body over one implementation."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from torch import Tensor

from torchstone.compare import Fault, clean, compare, same
from torchstone.judge.draw import Draw
from torchstone.judge.kept import kept, without_frames
from torchstone.judge.scenarios import Implementation
from torchstone.messages import verdicts
from torchstone.model import Stage

Body = Callable[..., None]

REFERENCE: Final = object()  #: the default of `agree`: whatever the reference gave at this point

_current: ContextVar[Trial | None] = ContextVar("trial", default=None)


def agree(got: Any, want: Any = REFERENCE, *, scale: float = 0.0) -> None:
    """`got` must agree with what the reference gave at this point of the check, or with `want`.

    `scale` is the size of the operands where a result is the small difference of large ones (`torchstone.compare`).
    Raises Fault at the first stage that fails; RuntimeError outside a check.
    """
    trial = _current.get()
    if trial is None:
        raise RuntimeError("agree() works inside a check: run `pytest graders/week04 --submission FILE`")
    trial.agree(got, want, scale)


def assertion_held() -> None:
    """An `assert` of the body that is running held. Called by what `loading.py` puts behind each."""
    trial = _current.get()
    if trial is not None:
        trial.asserted += 1


@dataclass(frozen=True)
class Seen:
    """A value that a body compared."""

    value: Any
    explicit: bool  #: compared with a value of the body's own, not with the reference's
    scale: float
    want: Any = None  #: that value


@dataclass(frozen=True)
class Oracle:
    """What the reference gave on a probe: in the world's precision, and in float64."""

    here: Sequence[Seen]
    truth: Sequence[Seen]
    asserted: int  #: assertions that held
    floats: int  #: floating-point tensors drawn


@dataclass(frozen=True)
class End:
    """How a trial came to its end. `stage` is None where it passed; `detail` is the exception's type or the line."""

    stage: Stage | None = None
    detail: str = ""


@dataclass(frozen=True)
class Trace:
    """What a trial looked like from outside: how it ended, after how many values, and the last of these."""

    end: End
    count: int
    last: Any

    def explains(self, other: Trace, precision: float) -> bool:
        """Would `other` have looked like this one? It ended alike, and with the same value where it ended.

        What agreed before the end says nothing. `precision` is relative to the scale of the value.
        """
        if self.end != other.end or self.count != other.count:
            return False
        silent = self.end.stage in (None, Stage.RAN, Stage.PROPERTY) or not self.count
        return silent or same(other.last, self.last, precision=precision)


class Trial:
    """One run of a check's body. Without an oracle it records; with one it judges."""

    def __init__(self, oracle: Oracle | None = None) -> None:
        self.seen: list[Seen] = []
        self.asserted = 0
        self.end = End()
        self._oracle = oracle

    def agree(self, got: Any, want: Any, scale: float) -> None:
        at = len(self.seen)
        explicit = want is not REFERENCE
        self._keep(at, got, want if explicit else None, scale, explicit=explicit)
        if explicit:
            self.compare_explicit(got, want, scale)
        elif self._oracle is not None:
            if at >= len(self._oracle.here) or self._oracle.here[at].explicit:
                raise Fault(Stage.SHAPE, verdicts.more_results())
            self.compare(got, self._oracle.here[at].value, self._oracle.truth[at].value, scale)

    def _keep(self, at: int, got: Any, want: Any, scale: float, *, explicit: bool) -> None:
        """Note a value that is compared; what the reference itself gives, as a whole."""
        if self._oracle is not None:
            beside = self._oracle.here[at].value if at < len(self._oracle.here) else None
            got, want = kept(got, beside), kept(want, beside)
        self.seen.append(Seen(got, explicit, scale, want))

    def compare(self, got: Any, want: Any, truth: Any, scale: float) -> None:
        """Raise Fault where `got` is not `want`, which is `truth` in float64."""
        compare(got, want, truth, scale=scale)

    def compare_explicit(self, got: Any, want: Any, scale: float) -> None:
        """The same for a value of the body's own."""
        self.compare(got, want, want, scale)

    def run(self, body: Body, args: Mapping[str, Any], implementation: Implementation, draw: Draw) -> Fault | None:
        """Run the body with `student` and `draw` in place; the fault it ended with, None if it passed."""
        outer = _current.set(self)
        fault = None
        try:
            body(**{name: _filled_in(name, value, implementation, draw) for name, value in args.items()})
            self._count()
        except Fault as e:
            fault, self.end = e, End(e.stage, e.kind)
        except AssertionError as e:
            fault, self.end = _property(e), End(Stage.PROPERTY, _line(e, body))
        except Exception as e:
            message = verdicts.not_as_the_exercise_says(type(e).__name__)
            fault, self.end = Fault(Stage.TYPE, message), End(Stage.TYPE, _line(e, body))
            fault.__cause__ = e
        finally:
            _current.reset(outer)
        if fault is not None:
            without_frames(fault)
        return fault

    @property
    def trace(self) -> Trace:
        return Trace(self.end, len(self.seen), self.seen[-1].value if self.seen else None)

    def _count(self) -> None:
        """An empty result skips the loop that compares it: what is not compared does not pass."""
        if self._oracle is None:
            return
        if len(self.seen) != len(self._oracle.here):
            raise Fault(Stage.SHAPE, verdicts.fewer_results())
        if self._oracle.asserted and not self.asserted:
            raise Fault(Stage.SHAPE, verdicts.nothing_to_check())


class TruthTrial(Trial):
    """The reference in float64. Values of the body's own are of the world's precision: nothing to compare with here."""

    def compare_explicit(self, got: Any, want: Any, scale: float) -> None:
        pass


def _filled_in(name: str, value: Any, implementation: Implementation, draw: Draw) -> Any:
    """What the body gets for a parameter: pytest made it once for all submissions, so what can change is copied."""
    if name in ("student", "draw"):
        return implementation if name == "student" else draw
    return copy.deepcopy(value) if isinstance(value, list | dict | set | Tensor) else value


def _property(error: AssertionError) -> Fault:
    """The grader's own message. Where there is none, the expression is not told: it is test source."""
    return Fault(Stage.PROPERTY, clean(str(error), 300) or verdicts.property_missing())


def _line(error: BaseException, body: Body) -> str:
    """The deepest line of the grader where an exception passed."""
    folder = str(Path(body.__code__.co_filename).parent)
    line, frame = "", error.__traceback__
    while frame is not None:
        file = frame.tb_frame.f_code.co_filename
        if file.startswith(folder):
            line = f"{Path(file).name}:{frame.tb_lineno}"
        frame = frame.tb_next
    return line
