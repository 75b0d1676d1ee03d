"""As many processes as this one may use cores."""

import os

import pytest

from torchstone.batch.cores import cores


@pytest.fixture
def group(tmp_path, monkeypatch):
    """What the control groups of a machine of eight cores say."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)))

    def say(own: str, **files: str) -> int:
        (tmp_path / "cgroup").write_text(own)
        for name, text in files.items():
            path = tmp_path / "fs" / name.replace("__", "/").replace("_dot_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return cores(tmp_path / "cgroup", tmp_path / "fs")

    return say


def test_all_that_this_process_may_use(group):
    assert group("0::/\n") == 8
    assert group("0::/\n", cpu_dot_max="max 100000\n") == 8


def test_the_groups_quota_rounded_up(group):
    assert group("0::/slice/job\n", slice__job__cpu_dot_max="150000 100000\n") == 2
    assert group("0::/slice/job\n", slice__cpu_dot_max="100000 100000\n") == 1, "a group around it allows less"


def test_version_1(group):
    own = "4:cpu,cpuacct:/job\n1:memory:/job\n"
    assert (
        group(own, **{"cpu,cpuacct__job__cpu.cfs_quota_us": "-1", "cpu,cpuacct__job__cpu.cfs_period_us": "100000"}) == 8
    )
    assert group(own, **{"cpu,cpuacct__job__cpu.cfs_quota_us": "300000"}) == 3


def test_nothing_known(tmp_path):
    assert cores(tmp_path / "none", tmp_path / "none") == len(os.sched_getaffinity(0))
