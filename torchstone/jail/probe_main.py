"""Builds a jail without torch, puts one child into it, and lets that child try the four things that matter most.

`entry.py probe_main TIER READABLE WITNESS`: exit status 0 if the tier can be built and holds, else 1 with the reason on
stdout. `WITNESS` is a file that everybody may read, outside of what the jail shows.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import tempfile
from typing import NoReturn

from torchstone.jail import confinement, landlock, namespaces
from torchstone.jail.confinement import Confinement
from torchstone.model import Limits, Tier


def main(tier: Tier, readable: str, witness: str) -> NoReturn:
    """Try, and leave with the verdict."""
    plan = Confinement(tier, tuple(json.loads(readable)), Limits())
    try:
        if tier == "landlock" and landlock.version() < landlock.SAFE_VERSION:
            raise OSError(
                f"landlock ABI {landlock.version()}; it takes {landlock.SAFE_VERSION} (Linux 6.2 or newer, with "
                "landlock among the security modules that are switched on)"
            )
        if tier == "namespaces":  # has its box; and here the new root becomes ours as well, so nothing could be removed
            confinement.prepare_zygote(plan)
            _leave(_in_fork(lambda: _zygote(plan, None, witness)))
        with tempfile.TemporaryDirectory(prefix="torchstone-probe-") as scratch:
            _leave(_in_fork(lambda: _zygote(plan, scratch, witness)))
    except OSError as error:
        _leave(str(error))


def _zygote(plan: Confinement, scratch: str | None, witness: str) -> str:
    users = confinement.spare_users(plan)
    user = users[0] if users is not None else None
    confinement.confine_zygote(plan, scratch)
    if scratch is None:
        namespaces.own_processes()
    elif user is not None:
        os.chown(scratch, user, user)
    return _in_fork(lambda: _child(plan, scratch or namespaces.BOX, user, witness))


def _child(plan: Confinement, home: str, user: int | None, witness: str) -> str:
    confinement.confine_child(plan, home, user, inherited_bytes=1 << 30)
    attempts = {
        "read a file outside": lambda: open(witness).close(),
        "write a file outside": lambda: open(witness + "2", "w").close(),
        "open a socket": lambda: socket.socket(socket.AF_UNIX).close(),
        "fork": os.fork,
    }
    for what, attempt in attempts.items():
        try:
            attempt()
        except OSError:
            continue
        return f"the jail was built, but a jailed process could {what}"
    return ""


def _in_fork(work) -> str:  # type: ignore[no-untyped-def]
    """What `work` returns when it runs in a forked process; its OSError as text."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            verdict = work()
        except Exception as error:
            verdict = str(error) or type(error).__name__
        os.write(writer, verdict.encode()[:1000])
        os._exit(0)
    os.close(writer)
    with open(reader) as pipe:
        verdict = pipe.read()
    _, status = os.waitpid(child, 0)
    return verdict if status == 0 else verdict or f"the trial ended with wait status {status}"


def _leave(verdict: str) -> NoReturn:
    print(verdict)
    sys.exit(1 if verdict else 0)
