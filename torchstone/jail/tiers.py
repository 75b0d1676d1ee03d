"""Which jail this machine lets us build: found out by building one."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from torchstone.errors import JailUnavailable
from torchstone.jail import paths, syscalls
from torchstone.jail.clean import clean_command, clean_environment
from torchstone.model import JailPolicy, Tier

_STRONGEST_FIRST: Final[tuple[Tier, ...]] = ("namespaces", "landlock")
_PROBE_SECONDS: Final = 30.0

#: Switches that forbid user namespaces, and the value that does.
_SWITCHES: Final = {
    "/proc/sys/kernel/unprivileged_userns_clone": "0",
    "/proc/sys/user/max_user_namespaces": "0",
    "/proc/sys/kernel/apparmor_restrict_unprivileged_userns": "1",
}


def choose_tier(policy: JailPolicy) -> Tier:
    """The tier that `policy` asks for, or with "auto" the strongest that works here; each is tried by building it.

    "none" is only ever what the policy says. Raises JailUnavailable with what is missing.
    """
    if policy.tier == "none":
        return "none"
    candidates = _STRONGEST_FIRST if policy.tier == "auto" else (policy.tier,)
    reasons = []
    for tier in candidates:
        reason = missing(tier)
        if reason is None:
            return tier
        reasons.append(f"{tier}: {reason}")
    raise JailUnavailable("no jail can be built on this machine, so nothing is graded.\n" + "\n".join(reasons))


def missing(tier: Tier) -> str | None:
    """What keeps this tier from being built here; None if it works. Takes about 0.1 s."""
    if sys.platform != "linux":
        return "it needs Linux (on Windows: WSL2; on macOS: a Linux virtual machine or container)"
    try:
        syscalls.numbers()
        readable = paths.readable()
    except JailUnavailable as error:
        return str(error)
    with tempfile.TemporaryDirectory(prefix="torchstone-probe-") as folder:
        witness = Path(folder, "witness")
        witness.write_text("a jailed process must not read this")
        found = _probe(tier, readable, str(witness))
    if found is not None and tier == "namespaces":
        return "; ".join([found, *_switched_off()])
    return found


def _probe(tier: Tier, readable: tuple[str, ...], witness: str) -> str | None:
    try:
        done = subprocess.run(
            clean_command("jail.probe_main", tier, json.dumps(readable), witness),
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd="/",
            timeout=_PROBE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "the trial did not end"
    if done.returncode == 0:
        return None
    return (done.stdout or done.stderr).decode(errors="replace").strip()[-500:] or "the trial ended without a word"


def _switched_off() -> list[str]:
    found = []
    for path, off in _SWITCHES.items():
        try:
            value = Path(path).read_text().strip()
        except OSError:
            continue
        if value == off:
            found.append(f"{path.removeprefix('/proc/sys/').replace('/', '.')} is {value}")
    return found
