"""What several accelerators make of one device check: scored ones together, an advisory one for staff alone."""

from __future__ import annotations

import pytest

from torchstone.compare import Fault
from torchstone.judge.draw import WORLDS
from torchstone.judge.probe import Became, Check, Finding, Probe
from torchstone.judge.result import exercises
from torchstone.model import CheckResult, Stage

CHECK = Check("e", "test_a", "Title", 3.0, 1.0)


def found(world: str, became: Became) -> Finding:
    probe = Probe(CHECK, "", "", WORLDS[world], lambda: None, {})
    fault = Fault(Stage.DEVICE, "two devices met") if became == "failed" else None
    return Finding(probe, became, fault, reason="no CUDA device here")


def device_check(sim: Became, cuda: Became, *scored: str) -> CheckResult:
    findings = [found("float32", "passed"), found("accelerator", sim), found("cuda", cuda)]
    (result,) = exercises([CHECK], findings, {}, scored=("cpu", *scored))
    return result.checks[-1]


@pytest.mark.parametrize(
    ("sim", "cuda", "status"),
    [
        ("passed", "passed", "passed"),
        ("passed", "failed", "failed"),
        ("failed", "passed", "failed"),
        ("passed", "absent", "incomplete"),
        ("absent", "passed", "incomplete"),
        ("failed", "absent", "failed"),
        ("passed", "limit", "passed"),
    ],
)
def test_scored_accelerators_count_together(sim: Became, cuda: Became, status: str) -> None:
    check = device_check(sim, cuda, "sim", "cuda")
    assert (check.status, check.earned) == (status, 1.0 if status == "passed" else 0.0)


@pytest.mark.parametrize(
    ("cuda", "note"),
    [
        ("passed", "cuda (advisory): right there too"),
        ("failed", "cuda (advisory): test_a: [device] two devices met"),
        ("absent", "cuda (advisory): no CUDA device here"),
    ],
)
def test_an_advisory_card_is_told_to_staff_and_costs_nothing(cuda: Became, note: str) -> None:
    check = device_check("passed", cuda, "sim")
    assert (check.status, check.earned, check.staff) == ("passed", 1.0, note)


def test_without_a_scored_accelerator_points_follow_the_cpu() -> None:
    check = device_check("failed", "failed")
    assert (check.status, check.earned) == ("passed", 1.0)
    assert "its points follow the checks on the CPU" in str(check.staff)
