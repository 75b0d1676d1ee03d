"""What the attacks, the benign oddities and the device faults came to, in a line each at the end of a run."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

#: How long an input takes to make says something of the machine, and nothing of what is tested.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Counts what `record_property` noted, also where several processes ran the tests."""
    controls: set[str] = set()
    beyond: set[str] = set()
    tried: dict[str, bool] = {}
    benign: dict[str, float] = {}
    faults: list[dict[str, object]] = []
    right: list[bool] = []
    for report in (r for reports in terminalreporter.stats.values() for r in reports):
        if getattr(report, "when", "") != "call":
            continue
        told = dict(report.user_properties)
        if "control" in told:
            controls.add(str(told["control"]))
        if "beyond" in told:
            beyond.add(str(told["beyond"]))
        if "attack" in told:
            tried[str(told["attack"])] = tried.get(str(told["attack"]), False) or bool(told["succeeded"])
        if "benign" in told:
            benign[str(told["benign"])] = benign.get(str(told["benign"]), 0.0) + float(told["lost"])
        if "device_fault" in told:
            faults.append(told)
        if "device_right" in told:
            right.append(bool(told["device_right"]))
    if tried:
        proved = f" ({len(controls & tried.keys())} of them succeed against a control)" if controls else ""
        terminalreporter.write_line(f"attacks: {len(tried)} tried, {sum(tried.values())} succeeded{proved}")
        for name in sorted(beyond):
            terminalreporter.write_line(f"attacks: {name} is beyond the landlock tier (SECURITY.md)")
    if benign:
        terminalreporter.write_line(f"benign: {len(benign)} tried, {sum(benign.values()):g} points lost")
    if faults or right:
        caught, named = (sum(bool(f.get(key)) for f in faults) for key in ("caught", "named"))
        where = f"{caught} caught, {named} with the right cell and line"
        terminalreporter.write_line(f"devices: {len(faults)} faults, {where}; {sum(right)} right modules pass")
