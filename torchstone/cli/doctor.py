"""`torchstone doctor`: what this machine can do, found out by trying."""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal

import click

from torchstone.cli import _options
from torchstone.errors import TorchstoneError

State = Literal["good", "note", "bad"]
_SYMBOLS: Final = {"good": ("✓", "green"), "note": ("·", "yellow"), "bad": ("✗", "red")}

#: The oldest torch that the kit is stated to run with (pyproject.toml).
OLDEST_TORCH: Final = (2, 6)


@dataclass(frozen=True)
class Line:
    """One finding: what was looked at, what was found, and what to do if it is bad."""

    group: str
    name: str
    state: State
    detail: str


@click.command(epilog="Example: torchstone doctor --student")
@click.option("--student", is_flag=True, help="Only what a student's laptop needs.")
@click.option("--course", "directory", type=click.Path(path_type=Path), default=".", help="The course directory.")
@_options.as_json
def command(student: bool, directory: Path, as_json: bool) -> None:
    """See what this machine can do. For a grading machine it builds a jail, attacks it, and tells what holds.

    Exits with 0 if nothing needed is bad.
    """
    bad = False
    lines = []
    group = ""
    for line in examine(student, directory):
        lines.append(line)
        bad = bad or line.state == "bad"
        if as_json:
            continue
        if line.group != group:
            group = line.group
            click.secho(f"\n{group}", bold=True)
        symbol, colour = _SYMBOLS[line.state]
        click.secho(f"  {symbol} ", fg=colour, nl=False)
        click.echo(f"{line.name}: {line.detail}")
    if as_json:
        click.echo(json.dumps([asdict(line) for line in lines], indent=2))
    else:
        click.echo("\nSomething needs attention: see ✗ above." if bad else "\nReady.")
    raise click.exceptions.Exit(1 if bad else 0)


def examine(student: bool, directory: Path) -> Iterator[Line]:
    """The findings, one by one as they are made."""
    yield from _student_side()
    if not student:
        yield from _grading_side(directory)


# ---- a student's laptop ----------------------------------------------------------------------------------------------


def _student_side() -> Iterator[Line]:
    version = platform.python_version()
    good = sys.version_info >= (3, 11)
    yield Line("Python", "Python", "good" if good else "bad", version if good else f"{version}; install 3.11 or newer")
    yield _package("Python", "numpy")
    yield _torch()
    yield from _gpu()
    yield _package("Python", "matplotlib")
    yield _package("Python", "jupyterlab", needed=False)
    yield _kernel()
    yield _check_works()
    free = shutil.disk_usage(Path.home()).free / 2**30
    yield Line(
        "Disk", "free space", "good" if free > 2 else "bad", f"{free:.0f} GB" + ("" if free > 2 else "; free some")
    )


def _package(group: str, name: str, needed: bool = True) -> Line:
    try:
        return Line(group, name, "good", importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return Line(group, name, "bad" if needed else "note", f"missing; run `pip install -c constraints.txt {name}`")


def _torch() -> Line:
    try:
        import torch
    except Exception as e:  # a broken install raises many kinds
        return Line("Python", "torch", "bad", f"cannot be imported ({e}); run `pip install -c constraints.txt torch`")
    version = tuple(int(part) for part in torch.__version__.split("+")[0].split(".")[:2])
    if version < OLDEST_TORCH:
        return Line("Python", "torch", "bad", f"{torch.__version__} is too old; install the one of constraints.txt")
    x = torch.ones(3, requires_grad=True)
    torch.autograd.backward((x * x).sum())
    works = x.grad is not None and x.grad.tolist() == [2.0, 2.0, 2.0]
    return Line(
        "Python", "torch", "good" if works else "bad", torch.__version__ + ("" if works else "; its autograd fails")
    )


def _gpu() -> Iterator[Line]:
    try:
        import torch
    except Exception:
        return
    if torch.cuda.is_available():
        yield Line("Devices", "GPU", "good", torch.cuda.get_device_name(0))
    elif getattr(torch.backends, "mps", None) and torch.backends.mps.is_available():
        yield Line(
            "Devices", "GPU", "good", "Apple MPS: for training; grades come from the CPU and the simulated device"
        )
    else:
        yield Line("Devices", "GPU", "note", "none, and none is needed: a laptop's CPU is enough for this course")


def _kernel() -> Line:
    try:
        specs = importlib.import_module("jupyter_client.kernelspec").KernelSpecManager().find_kernel_specs()
    except ImportError:
        return Line(
            "Jupyter", "Python kernel", "note", "Jupyter is missing; VS Code works too, with its Jupyter extension"
        )
    except Exception as e:
        return Line("Jupyter", "Python kernel", "note", f"could not be looked for: {e}")
    if "python3" in specs:
        return Line("Jupyter", "Python kernel", "good", "python3")
    return Line("Jupyter", "Python kernel", "bad", "missing; run `python -m ipykernel install --user`")


def _check_works() -> Line:
    """Runs one public check of a tiny notebook: passing and failing."""
    try:
        from torchstone.kit.localcheck import LocalCell, run

        def verdict(answer: str) -> str:
            text = "from torchstone.kit import check\nimport torch\n"
            text += "check.close(double(torch.ones(2)), torch.full((2,), 2.))"
            cells = (LocalCell(1, answer, name="double"), LocalCell(2, text, "double", grade=True, name="double_check"))
            return run(cells).results[0].status

        right, wrong = verdict("def double(x):\n    return 2 * x"), verdict("def double(x):\n    return 3 * x")
    except Exception as e:
        return Line("Torchstone", "public checks", "bad", f"cannot run: {type(e).__name__}: {e}")
    works = (right, wrong) == ("passed", "failed")
    return Line("Torchstone", "public checks", "good" if works else "bad", "work" if works else "give wrong answers")


# ---- a grading machine -----------------------------------------------------------------------------------------------


def _grading_side(directory: Path) -> Iterator[Line]:
    for name in ("nbgrader", "pytest", "pydantic", "jinja2"):
        yield _package("Grading", name)
    yield _attempt("Grading", "configuration", lambda: _configuration(directory))
    writable = os.access(directory, os.W_OK)
    detail = str(directory.resolve()) + ("" if writable else " is read-only; grading writes its records there")
    yield Line("Grading", "course directory", "good" if writable else "bad", detail)
    yield from _sim()
    yield _cuda(directory)
    yield from _jail()


def _configuration(directory: Path) -> str:
    from torchstone import config

    course = config.load(config.find_root(directory))
    return f"{course.id}, {len(course.topics)} topics, {course.settings.timezone}"


def _attempt(group: str, name: str, look: Callable[[], str]) -> Line:
    try:
        return Line(group, name, "good", look())
    except TorchstoneError as e:
        return Line(group, name, "bad", str(e))
    except ImportError as e:
        return Line(group, name, "bad", f"{e}; run `pip install -c constraints.txt -e '.[grading]'`")


def _sim() -> Iterator[Line]:
    """Asks a process of its own, since installing the device changes a process for good."""
    import subprocess

    program = (
        "import torchstone.sim as s, torch; s.install('sim'); x = torch.ones(2, device='sim', requires_grad=True);"
        "(x * 3).sum().backward(); print(x.grad.cpu().tolist() == [3.0, 3.0])"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], check=False, capture_output=True, text=True, timeout=120
    )
    works = done.stdout.strip() == "True"
    detail = "works" if works else f"does not work: {(done.stderr.strip().splitlines() or ['no answer'])[-1]}"
    yield Line("Devices", "simulated accelerator", "good" if works else "bad", detail)


def _cuda(directory: Path) -> Line:
    """A card in the jail. Without one there is nothing to do, unless the course scores it."""
    from torchstone import config
    from torchstone.jail import card_name
    from torchstone.model import JailPolicy

    try:
        return Line("Devices", "CUDA", "good", f"{card_name(JailPolicy(preload=()))}, computes in the jail")
    except TorchstoneError as e:
        detail = str(e)
    try:
        scored = config.load(config.find_root(directory)).settings.devices.scored
    except TorchstoneError:
        scored = ()
    if "cuda" not in scored:
        return Line("Devices", "CUDA", "note", f"{detail}; no exercise needs one")
    return Line("Devices", "CUDA", "bad", f"{detail}; `devices` in {config.FILE} scores it: results stay incomplete")


def _jail() -> Iterator[Line]:
    from torchstone.jail import choose_tier, self_test
    from torchstone.model import JailPolicy

    policy = JailPolicy(preload=())
    try:
        best = choose_tier(policy)
    except TorchstoneError as e:
        yield Line("Jail", "tier", "bad", str(e))
        return
    yield Line("Jail", "tier", "good", f"{best} (the strongest that this machine can build)")
    for finding in self_test(policy, best):
        yield Line("Jail", finding.name, "good" if finding.holds else "bad", finding.detail)
