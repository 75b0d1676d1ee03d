"""The pytest side: what pytest makes of a week's folder, as checks and probes that a sitting conducts."""

from __future__ import annotations

import contextlib
import inspect
import io
import os
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Final, NoReturn

import pytest

from torchstone.compare import clean
from torchstone.errors import CourseFault
from torchstone.judge.draw import WORLDS
from torchstone.judge.loading import load
from torchstone.judge.probe import Check, Probe

#: Parameters under these names are wanted values, which no student reads.
_SECRET_PARAMETERS: Final = frozenset({"want", "wanted", "expected", "answer", "truth", "reference", "result"})
_SHOWN: Final = 120

#: Plugins of pytest's own that a grading has no use for: without them a collection is cheaper, and leaves nothing
#: behind.
_WITHOUT: Final = (
    "cacheprovider", "debugging", "doctest", "faulthandler", "junitxml", "logging", "pastebin", "setuponly",
    "setupplan", "stepwise", "threadexception", "unittest", "unraisableexception", "warnings",
)  # fmt: skip


class OnlyInChecks:
    """What the fixtures `student` and `draw` give to anyone but a check's own body, which gets the real ones."""

    def __init__(self, name: str) -> None:
        self.__name = name

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise CourseFault(f"a fixture uses `{self.__name}`: it would go stale; make it a function that the check calls")

    __call__ = _refuse

    def __getattr__(self, name: str) -> NoReturn:
        raise (
            AttributeError(name)
            if name.startswith("_")
            else CourseFault(
                f"a fixture uses `{self.__name}`: it would go stale; make it a function that the check calls"
            )
        )


class GraderModule(pytest.Module):
    """A file of checks, loaded by us: pytest's own rewriting of assertions would print every tensor it meets."""

    def _getobj(self) -> ModuleType:
        return load(self.path)


class Vocabulary:
    """The vocabulary as pytest sees it: marks, fixtures, and one probe per set of parameters and world."""

    def __init__(self, worlds: tuple[str, ...]) -> None:
        self._worlds = worlds

    def pytest_configure(self, config: pytest.Config) -> None:
        config.addinivalue_line("markers", "exercise(id, accelerator=points, worlds=…): the exercise a module checks")
        config.addinivalue_line("markers", "points(n): what a check is worth")

    def pytest_pycollect_makemodule(self, module_path: Path, parent: pytest.Collector) -> GraderModule:
        made: GraderModule = GraderModule.from_parent(parent, path=module_path)
        return made

    @pytest.fixture
    def world(self) -> str:
        return "float32"

    @pytest.fixture
    def draw(self, world: str) -> OnlyInChecks:
        return OnlyInChecks("draw")

    @pytest.fixture
    def student(self) -> OnlyInChecks:
        return OnlyInChecks("student")

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "world" not in metafunc.fixturenames:
            return
        mark = metafunc.definition.get_closest_marker("exercise")
        if mark is None:
            return  # told when it is collected
        worlds = [w for w in mark.kwargs["worlds"] if w in self._worlds]
        metafunc.parametrize("world", worlds, ids=[f"@{w}" for w in worlds])


class Declared:
    """What a week's folder declares. `broken` are faults of the course: modules that fail, marks that are missing."""

    def __init__(self) -> None:
        self.checks: list[Check] = []
        self.broken: list[str] = []

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.broken.append(f"{report.nodeid or 'the folder'}: {_last_line(report.longreprtext)}")

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        try:
            check = check_of(item)
        except CourseFault as e:
            self.broken.append(str(e))
            return
        if check not in self.checks:
            self.checks.append(check)

    def pytest_collection_finish(self) -> None:
        if self.faults:
            pytest.exit("faults of the course")

    @property
    def faults(self) -> list[str]:
        names = [(c.exercise, c.name) for c in self.checks]
        twice = [
            f"{exercise} has two checks called {name}" for exercise, name in names if names.count((exercise, name)) > 1
        ]
        return list(dict.fromkeys([*self.broken, *twice]))

    def raise_faults(self, folder: Path) -> None:
        """Raise CourseFault if there are any, or if nothing was declared."""
        if self.faults:
            raise CourseFault(f"graders of {folder.name}: " + "; ".join(self.faults))
        if not self.checks:
            raise CourseFault(f"graders of {folder.name}: there is no check")


@dataclass(frozen=True)
class Docket:
    """What is to be tried of every program of a week, in order. `blamed` are checks that could not be set up."""

    checks: tuple[Check, ...]
    probes: tuple[Probe, ...]
    blamed: Mapping[Check, str]


class _Docketing:
    """Takes down every probe that pytest sets up, without running it."""

    def __init__(self) -> None:
        self.probes: list[Probe] = []
        self.blamed: dict[Check, str] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool:
        self.probes.append(probe_of(pyfuncitem))
        return True

    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        if (why := setup_fault(call)) is not None:
            self.blamed.setdefault(check_of(item), why)


def docket(folder: Path, worlds: tuple[str, ...]) -> Docket:
    """Have pytest collect and set up a week's checks, once for all programs. Raises CourseFault."""
    declared, taken = Declared(), _Docketing()
    run(folder, Vocabulary(worlds), declared, taken)
    declared.raise_faults(folder)
    return Docket(tuple(declared.checks), tuple(taken.probes), taken.blamed)


def setup_fault(call: pytest.CallInfo[None]) -> str | None:
    """Why an item could not be set up; None where that is not what happened."""
    if call.excinfo is None or call.when != "setup":
        return None
    return f"the check could not be set up: {call.excinfo.typename}: {_last_line(str(call.excinfo.value))}"


def run(folder: Path, *plugins: object, collect_only: bool = False) -> None:
    """Run pytest on a week's folder in this process, quietly, and leave nothing of it behind.

    Raises CourseFault if pytest cannot make sense of the folder.
    """
    arguments = [str(folder), "-q", "--assert=plain", "--capture=no", "--tb=line", "--noconftest"]
    arguments += ["-c", os.devnull, "--rootdir", str(folder)]
    arguments += [part for name in _WITHOUT for part in ("-p", f"no:{name}")]
    arguments += ["--collect-only"] if collect_only else []
    swallowed = io.StringIO()
    with _quiet_pytest(), contextlib.redirect_stdout(swallowed), contextlib.redirect_stderr(swallowed):
        code = pytest.main(arguments, plugins=list(plugins))
    if code in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR):
        raise CourseFault(f"pytest failed on {folder.name}: {_last_line(swallowed.getvalue())}")


def check_of(item: pytest.Item) -> Check:
    """The check that an item belongs to. Raises CourseFault where a mark or a title is missing."""
    exercise, points = item.get_closest_marker("exercise"), item.get_closest_marker("points")
    name = getattr(item, "originalname", None) or item.name
    place = f"{item.path.name}::{name}"
    if exercise is None:
        raise CourseFault(f"{place} belongs to no exercise: write `pytestmark = exercise(…)` at the top of the file")
    if points is None:
        raise CourseFault(f"{place} has no points: write `@points(n)`")
    title = (inspect.getdoc(getattr(item, "function", None)) or "").split("\n", 1)[0]
    if not title:
        raise CourseFault(f"{place} has no title: the first line of its docstring is what a student reads")
    told = exercise.kwargs
    return Check(exercise.args[0], name, title, points.args[0], told["accelerator"], told["forbidden"])


def probe_of(item: pytest.Function) -> Probe:
    """The probe that an item is. Raises CourseFault."""
    callspec = getattr(item, "callspec", None)
    params: dict[str, Any] = dict(callspec.params) if callspec else {}
    world = params.pop("world", "float32")
    ids = [part for part in (callspec.id.split("-") if callspec else []) if part != f"@{world}"]
    args = {name: item.funcargs[name] for name in inspect.signature(item.function).parameters}
    return Probe(check_of(item), "-".join(ids), _shown(params), WORLDS[world], item.function, args)


def _shown(params: Mapping[str, Any]) -> str:
    """«n = 7, d = 5»: parameters that are data, without wanted values."""
    parts = [f"{k} = {v!r}" for k, v in params.items() if k not in _SECRET_PARAMETERS and _is_data(v)]
    return clean(", ".join(parts), _SHOWN)


def _is_data(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(_is_data(v) for v in value)
    if isinstance(value, dict):
        return all(_is_data(v) for v in value.values())
    return value is None or isinstance(value, bool | int | float | str)


@contextlib.contextmanager
def _quiet_pytest() -> Iterator[None]:
    """Neither other people's plugins and options nor any warning."""
    kept = {
        k: os.environ.pop(k) for k in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_CURRENT_TEST") if k in os.environ
    }
    autoload = os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        os.environ.update(kept)
        if autoload is None:
            del os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
        else:
            os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = autoload


def _last_line(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1].strip()[:300] if lines else "no reason was given"
