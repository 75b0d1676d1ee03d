"""A class on a cluster of real processes gets the gradebook of one machine, whatever dies."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks.dask_cluster import DaskCluster
from tests.faults.class_of_fifty import Runs

pytest.importorskip("distributed", reason='grading on a cluster needs `pip install "torchstone[cluster]"`')

pytestmark = pytest.mark.timeout(600)  # the first test waits for a grading on this machine

Start = Callable[..., DaskCluster]


@pytest.fixture
def certificates(tmp_path: Path) -> dict[str, str]:
    """One authority, one certificate for everybody: Dask's configuration, in its environment."""
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=grading"]
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run([*request, "-keyout", key, "-out", cert], check=True, capture_output=True)
    setting = "DASK_DISTRIBUTED__COMM__TLS__"
    own = {f"{setting}{who}__{what}": str(path) for who in ("CLIENT", "SCHEDULER", "WORKER")
           for what, path in (("KEY", key), ("CERT", cert))}  # fmt: skip
    return {f"{setting}CA_FILE": str(cert), "DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "true", **own}


def test_two_workers_one_killed_at_work(
    runs: Runs, cluster: Start, certificates: dict[str, str], graded_here: dict[str, Any], monkeypatch: Any
) -> None:
    for name, value in certificates.items():
        monkeypatch.setenv(name, value)
    there = cluster("tls")
    assert there.address.startswith("tls://")
    workers = [there.worker("--no-nanny") for _ in range(2)]
    lines = []
    with runs.start("--on", there.address) as run:
        assert run.stdout
        for line in run.stdout:
            lines.append(line)
            if "judging" in line and workers[0].poll() is None:
                os.kill(workers[0].pid, signal.SIGKILL)
                workers[0].wait()
    assert run.returncode == 0, "".join(lines) + there.logs()
    assert runs.dump() == graded_here
    assert "torchstone-week01" in there.logs()
    secret = runs.course.secret_path.read_text().strip()
    assert secret not in there.logs()


def failed(runs: Runs, there: DaskCluster) -> str:
    """A run that does not end well: what it says."""
    with runs.start("--on", there.address) as run:
        try:
            out, _ = run.communicate(timeout=500)
        finally:
            run.kill()
    assert run.returncode == 1, out + there.logs()
    return out


@pytest.mark.slow
def test_a_scheduler_that_is_gone_ends_the_run_and_loses_nothing(
    runs: Runs, cluster: Start, graded_here: dict[str, Any]
) -> None:
    there = cluster()
    there.worker("--no-nanny")
    lines = []
    with runs.start("--on", there.address) as run:
        assert run.stdout
        for line in run.stdout:
            lines.append(line)
            if "judging" in line:
                there.kill_scheduler()
    out = "".join(lines)
    assert run.returncode == 1, out
    assert f"the scheduler at {there.address} is gone; what was graded is kept" in out
    assert "Traceback" not in out
    runs.finish()
    assert runs.dump() == graded_here


KILLER = """
import os, signal
from torchstone.batch.local import LocalJudges
one = getattr(LocalJudges, "true", LocalJudges.one)  # Dask loads this file twice
LocalJudges.true = one
def deadly(self, program, keep):
    if any("student 3\\n" in cell.source for cell in program.cells):
        os.kill(os.getpid(), signal.SIGKILL)
    return one(self, program, keep)
LocalJudges.one = deadly
"""


@pytest.mark.slow
def test_what_kills_its_workers_is_set_aside_and_the_rest_goes_on(
    runs: Runs, cluster: Start, graded_here: dict[str, Any], tmp_path: Path
) -> None:
    """A nanny brings each killed worker back; it is looked at anew before it judges."""
    (tmp_path / "killer.py").write_text(KILLER)
    there = cluster(DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0")
    there.worker("--preload", str(tmp_path / "killer.py"))
    out = failed(runs, there)
    assert "s03: could not be graded" in out
    assert "worker" in out
    assert "died" in out
    assert runs.dump() == {student: rows for student, rows in graded_here.items() if student != "s03"}


OTHER = """
from torchstone.cluster import alike
alike.true = getattr(alike, "true", alike._version)  # Dask loads this file twice
alike._version = lambda name: "1.26.0" if name == "numpy" else alike.true(name)
"""
JAILLESS = """
from torchstone.jail import tiers
tiers.missing = lambda tier: "there are no user namespaces"
"""
BARE = """
import sys
sys.modules.update({"torchstone": None, "torchstone.cluster": None, "torchstone.cluster.worker": None})
"""
LEAKY = """
from torchstone.cluster import jail_check
jail_check.broken = lambda policy, tier: ("read a file of yours",)
"""


@pytest.mark.slow
def test_workers_that_differ_or_have_no_jail_judge_nothing(
    runs: Runs, cluster: Start, graded_here: dict[str, Any], tmp_path: Path
) -> None:
    there = cluster()
    for name, text in {"other": OTHER, "jailless": JAILLESS, "bare": BARE, "leaky": LEAKY}.items():
        (tmp_path / f"{name}.py").write_text(text)
        there.worker("--no-nanny", "--preload", str(tmp_path / f"{name}.py"))
    there.wait_for(4)
    wanted = (
        "does not judge: it has numpy 1.26.0 (wanted: ",
        "does not judge: no jail can be built on this machine, so nothing is graded. namespaces: there are no user",
        "install torchstone[cluster,grading] there",
        "does not hold: read a file of yours",
    )
    out = failed(runs, there)
    assert "Traceback" not in out
    assert f"no worker at {there.address} may judge" in out
    assert all(words in out for words in wanted), out
    assert all(not s for s in runs.dump().values())
    there.worker("--no-nanny")
    out = runs.finish("--on", there.address)
    assert all(words in out for words in wanted), out
    assert runs.dump() == graded_here
