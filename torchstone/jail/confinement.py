"""The order of things that makes a jail: what the zygote gives up once, and what each child gives up for good."""

from __future__ import annotations

import os
import secrets
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from torchstone.errors import JailError
from torchstone.jail import cuda, landlock, limits, namespaces, paths, seccomp, syscalls
from torchstone.model import Limits, Tier

#: A child's descriptors: 0 nothing, 1 and 2 its captured output, and the two ends of the wire. Nothing else survives.
REQUESTS: Final = 3
REPLIES: Final = 4

_STAGING: Final = 100
_SYSTEM_USERS: Final = 100_000  # below: users that may own something
_FEW: Final = 16_000  # for the children of all branches of a fork server


@dataclass(frozen=True)
class Confinement:
    """How to confine, as the zygote is told."""

    tier: Tier
    readable: tuple[str, ...]
    limits: Limits
    card: cuda.Card | None = None  #: that the children compute on

    @property
    def shown(self) -> tuple[str, ...]:
        """All that may be read."""
        return self.readable if self.card is None else (*self.readable, *self.card.readable)

    @property
    def nodes(self) -> tuple[str, ...]:
        """Device nodes of the card."""
        return () if self.card is None else self.card.nodes


def prepare_zygote(confinement: Confinement) -> None:
    """Before the zygote is forked: leave the host's namespaces. Raises OSError."""
    if confinement.tier == "namespaces":
        namespaces.leave_host()


def confine_zygote(confinement: Confinement, scratch: str | None) -> None:
    """In the forked zygote, torch imported: see nothing of the file system but what its children may see.

    `scratch` (landlock tier) is where its children get their folders. Raises OSError.
    """
    if confinement.tier == "namespaces":
        namespaces.build_root(confinement.shown, (*paths.DEVICES, *confinement.nodes))
        namespaces.mount_box(confinement.limits.disk_mb)
    elif confinement.tier == "landlock":
        assert scratch is not None
        landlock.restrict(confinement.shown, [scratch], paths.DEVICES, confinement.nodes)


def claim_descriptors(requests: int, replies: int, output: int) -> None:
    """In a forked child: put the wire and the output where they belong, and close everything else."""
    nothing = os.open("/dev/null", os.O_RDWR)
    wanted = {0: nothing, 1: output, 2: output, REQUESTS: requests, REPLIES: replies}
    staged = {target: os.dup2(fd, _STAGING + target) for target, fd in wanted.items()}
    for target, fd in staged.items():
        os.dup2(fd, target)
    os.closerange(REPLIES + 1, os.sysconf("SC_OPEN_MAX"))


def confine_child(confinement: Confinement, home: str, user: int | None, inherited_bytes: int) -> None:
    """In a forked child, its descriptors claimed: give everything up. Raises OSError; then it must not go on.

    `home` is where it may write; `user` the user and group to become (root only).
    """
    tier = confinement.tier
    if tier == "namespaces" and os.getpid() != 1:
        raise JailError("a child must be the first process of a namespace of its own")
    die_with_parent()
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if tier == "namespaces":
        namespaces.private_box(confinement.limits.disk_mb)
    os.chdir(home)
    own_user = user is not None or (tier == "namespaces" and os.geteuid() != 0)
    card = confinement.card is not None
    limits.apply(confinement.limits, inherited_bytes=inherited_bytes, own_user=own_user, card=card)
    if tier == "none":
        return
    if user is not None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    elif tier == "namespaces":
        namespaces.private_user()
    die_with_parent()  # again: a change of user clears it
    syscalls.drop_capabilities()
    syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
    syscalls.prctl(syscalls.PR_SET_DUMPABLE, 0)
    if landlock.version() or tier == "landlock":
        landlock.restrict(confinement.shown, [home], paths.DEVICES, confinement.nodes)
    seccomp.restrict(os.getpid(), card=card)


def die_with_parent() -> None:
    """Be killed when the process that forked this one ends."""
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)


def clean_environment(home: str, card: cuda.Card | None = None) -> Mapping[str, str]:
    """The environment of a child."""
    return {
        "HOME": home,
        "TMPDIR": home,
        "PATH": "",
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": home,
        "CUDA_VISIBLE_DEVICES": "",
    } | (cuda.environment(card) if card is not None else {})


def spare_users(confinement: Confinement) -> range | None:
    """Users nobody else has, one for each child, if this process may become them and they could read the libraries.

    Taken at random from the upper half of what this user namespace maps, so that two fork servers do not share them.
    """
    if os.geteuid() != 0 or confinement.tier == "none":
        return None
    if confinement.tier == "landlock" and not all(_open_to_all(path) for path in confinement.readable):
        return None  # root's own folders: the child stays root, without capabilities, under landlock and seccomp
    with open("/proc/self/uid_map") as table:
        first, _, count = max((tuple(map(int, line.split())) for line in table), key=lambda row: row[0] + row[2])
    low = max(_SYSTEM_USERS, first + count // 4)
    high = min(first + count, 1 << 31) - _FEW
    if high <= low:
        return None
    start = low + secrets.randbelow(high - low)
    return range(start, start + _FEW)


def _open_to_all(path: str) -> bool:
    """Whether every folder on the way to `path` lets anybody pass."""
    real = os.path.realpath(path)
    parts = [real]
    while (parent := os.path.dirname(parts[-1])) != parts[-1]:
        parts.append(parent)
    try:
        return all(os.stat(part).st_mode & 0o001 for part in parts[1:]) and bool(os.stat(real).st_mode & 0o004)
    except OSError:
        return False
