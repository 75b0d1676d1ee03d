"""One small course, its submissions graded here; and a cluster on this machine for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.dask_cluster import DaskCluster
from tests.faults.class_of_fifty import Runs, copied, make_course
from torchstone.config import Course

STUDENTS = 12


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return make_course(tmp_path_factory.mktemp("course") / "pristine", STUDENTS)


@pytest.fixture(scope="session")
def graded_here(pristine: Course, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the gradebook holds after a run on this machine alone."""
    folder = tmp_path_factory.mktemp("here")
    runs = Runs(copied(pristine, folder / "course"), folder / "tmp")
    runs.finish()
    return runs.dump()


@pytest.fixture
def runs(pristine: Course, tmp_path: Path) -> Runs:
    return Runs(copied(pristine, tmp_path / "course"), tmp_path / "tmp")


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Callable[..., DaskCluster]]:
    """Starts a scheduler; its workers are started by the test."""
    made: list[DaskCluster] = []

    def start(scheme: str = "tcp", **environment: str) -> DaskCluster:
        made.append(DaskCluster(tmp_path / f"cluster{len(made)}", scheme, environment))
        return made[-1]

    yield start
    for each in made:
        each.close()
