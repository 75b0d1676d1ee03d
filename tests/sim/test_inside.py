"""Runs the tests of `inside/`, in pytest sessions of their own.

A device that is installed stays for the life of a process, and must not reach the tests of anything else.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest

INSIDE = Path(__file__).parent / "inside"

#: The name that the device is installed under in a session, and how many tests each of its files holds at least.
SESSIONS = {
    "sim": {"equality": 401, "lazy_modules": 68, "mistakes": 86, "refusals": 40, "tensors": 30},
    "cuda": {"posing": 30},
}

#: LAPACK's least squares gives other bits from one process to the next, also without the device: here their values are
#: compared in `equality` alone.
UNSTEADY = {"lstsq", "projection"}


@dataclass
class Run:
    """A Python process, its output in a file."""

    process: subprocess.Popen[bytes]
    output: Path

    def text(self) -> str:
        self.process.wait(timeout=240)
        return self.output.read_text()


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sim")


@pytest.fixture(scope="session")
def runs(folder: Path) -> Iterator[dict[str, Run]]:
    """The sessions, and a process without the device, side by side."""
    running = {"plain": start(folder, "plain", str(INSIDE / "digests.py"))}
    for name, files in SESSIONS.items():
        paths = [str(INSIDE / f"{file}.py") for file in files]
        report = f"--junitxml={folder / name}.xml"
        running[name] = start(folder, name, "-m", "pytest", "-q", "-p", "with_device", report, *paths)
    yield running
    for run in running.values():
        run.process.kill()
        run.process.wait()


def start(folder: Path, name: str, *arguments: str) -> Run:
    settings = {
        "PYTHONPATH": str(INSIDE),
        "SIM_NAME": name,
        "SIM_DIGESTS": str(folder / f"{name}.json"),
        "OMP_NUM_THREADS": "1",
    }
    output = folder / f"{name}.out"
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            stdout=file,
            stderr=None if name == "plain" else subprocess.STDOUT,
            env=os.environ | settings,
        )
    return Run(process, output)


@pytest.mark.parametrize(("name", "file"), [(name, file) for name, files in SESSIONS.items() for file in files])
def test_inside(runs: dict[str, Run], folder: Path, name: str, file: str) -> None:
    output = runs[name].text()
    report = folder / f"{name}.xml"
    assert report.exists(), output
    tests = [test for test in ElementTree.parse(report).iter("testcase") if test.get("classname", "").endswith(file)]
    failed = [test.get("name") for test in tests if test.find("failure") is not None or test.find("error") is not None]
    assert not failed, output
    assert len(tests) >= SESSIONS[name][file], output


def test_the_cpu_gives_the_same_bits_with_and_without_the_device(runs: dict[str, Run], folder: Path) -> None:
    without = json.loads(runs["plain"].text())
    runs["sim"].text()
    with_device = json.loads((folder / "sim.json").read_text())
    assert len(without) == 400
    assert {name for name in without if without[name] != with_device[name]} <= UNSTEADY
