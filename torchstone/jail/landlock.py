"""Landlock: the kernel's own list of what a process may still reach in the file system, for good."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable
from typing import Final

from torchstone.jail import syscalls

_VERSION_FLAG: Final = 1
_RULE_PATH_BENEATH: Final = 1

#: Before this ABI (Linux 6.2) nothing keeps a process from truncating any file its user owns.
SAFE_VERSION: Final = 3

EXECUTE: Final = 1 << 0
WRITE_FILE: Final = 1 << 1
READ_FILE: Final = 1 << 2
READ_DIR: Final = 1 << 3
REMOVE_DIR: Final = 1 << 4
REMOVE_FILE: Final = 1 << 5
MAKE_DIR: Final = 1 << 7
MAKE_REG: Final = 1 << 8
TRUNCATE: Final = 1 << 14
IOCTL_DEV: Final = 1 << 15

#: What a path to read from allows: shared libraries are mapped, hence EXECUTE.
READ: Final = EXECUTE | READ_FILE | READ_DIR
#: What a scratch directory allows: plain files and directories, nothing to execute, no links, sockets or devices.
SCRATCH: Final = READ_FILE | READ_DIR | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | TRUNCATE
_ON_FILES: Final = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV

_NETWORK: Final = 0b11  # bind and connect TCP
_SCOPES: Final = 0b11  # abstract unix sockets, signals


def version() -> int:
    """The kernel's landlock ABI, 0 where there is none."""
    try:
        return syscalls.call("landlock_create_ruleset", None, 0, _VERSION_FLAG)
    except OSError:
        return 0


def restrict(
    readable: Iterable[str], scratch: Iterable[str] = (), devices: Iterable[str] = (), controlled: Iterable[str] = ()
) -> None:
    """Confine this process to these paths for ever: `readable` to read, `scratch` and `devices` also to write.

    `controlled` are devices that are also sent controls (ioctl).

    Paths that do not exist are left out. Raises OSError where the kernel has no landlock.
    """
    abi = version()
    handled = (1 << (13 + (abi >= 2) + (abi >= 3) + (abi >= 5))) - 1
    fields = 1 + (abi >= 4) + (abi >= 6)
    attributes = struct.pack("=QQQ", handled, _NETWORK, _SCOPES)[: 8 * fields]
    ruleset = syscalls.call("landlock_create_ruleset", attributes, len(attributes), 0)
    try:
        use = READ_FILE | WRITE_FILE
        for rights, paths in (
            (READ, readable),
            (SCRATCH, scratch),
            (use, devices),
            (use | IOCTL_DEV, controlled),
        ):
            for path in paths:
                _allow(ruleset, path, rights & handled)
        syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
        syscalls.call("landlock_restrict_self", ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not os.path.isdir(path):
            rights &= _ON_FILES
        syscalls.call("landlock_add_rule", ruleset, _RULE_PATH_BENEATH, struct.pack("=Qi", rights, fd), 0)
    finally:
        os.close(fd)
