"""Namespaces: a world with its own processes, its own empty network, and a file system of a few read-only folders."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable
from typing import Final

from torchstone.jail import syscalls as linux

#: The one place where a jailed process may write: a small file system in memory, gone with the process.
BOX: Final = "/box"

_PRIVATE: Final = (
    linux.CLONE_NEWNS
    | linux.CLONE_NEWPID
    | linux.CLONE_NEWIPC
    | linux.CLONE_NEWUTS
    | linux.CLONE_NEWNET
    | linux.CLONE_NEWCGROUP
)
_OWN_ID: Final = 1000  # what the zygote's user is called inside a user namespace
_STAGE: Final = ("/tmp", "/mnt", "/usr")
_ROOT_OPTIONS: Final = "size=1m,mode=755"
_INODES: Final = 2048


def leave_host() -> None:
    """Give the processes that are forked from now on a world of their own.

    As root directly; otherwise (or where root may not) through a user namespace. Raises OSError where neither works.
    """
    try:
        if os.geteuid() != 0:
            raise PermissionError
        linux.unshare(_PRIVATE)
    except PermissionError:
        user, group = os.geteuid(), os.getegid()
        linux.unshare(linux.CLONE_NEWUSER | _PRIVATE)
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{_OWN_ID} {user} 1")
        _write("/proc/self/gid_map", f"{_OWN_ID} {group} 1")


def build_root(readable: Iterable[str], devices: Iterable[str]) -> None:
    """Make a root of these paths and nothing else, and forget the old one. `BOX` is there, empty.

    Links stay links. Each tree is made read-only together with whatever is mounted inside it. Raises OSError.
    """
    linux.mount(None, "/", None, linux.MS_REC | linux.MS_PRIVATE)
    links = {path: os.readlink(path) for path in readable if os.path.islink(path)}
    trees = [(path, _tree(path, read_only=True)) for path in readable if path not in links]
    trees += [(path, _tree(path, read_only=False)) for path in devices if os.path.exists(path)]
    # The trees are in hand: whatever the new root hides while it is being built is no loss.
    stage = next(path for path in _STAGE if os.path.isdir(path))
    linux.mount("tmpfs", stage, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, _ROOT_OPTIONS)
    os.mkdir(stage + BOX)
    for path, (tree, is_directory) in trees:
        _attach(tree, stage + path, is_directory)
        os.close(tree)
    for path, target in links.items():
        os.makedirs(os.path.dirname(stage + path), exist_ok=True)
        os.symlink(target, stage + path)
    os.chdir(stage)
    linux.call("pivot_root", b".", b".")
    linux.detach(".")
    os.chdir("/")
    _set_attributes(linux.AT_FDCWD, b"/", linux.MOUNT_ATTR_RDONLY | linux.MOUNT_ATTR_NOSUID, 0)


def mount_box(megabytes: int) -> None:
    """Put an empty, bounded file system on `BOX`."""
    options = f"size={megabytes}m,nr_inodes={_INODES},mode=1777"
    linux.mount("tmpfs", BOX, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC, options)


def private_box(megabytes: int) -> None:
    """In a forked child: mounts of its own, and its own `BOX`."""
    linux.unshare(linux.CLONE_NEWNS | linux.CLONE_NEWIPC | linux.CLONE_NEWNET)
    mount_box(megabytes)


def private_user() -> None:
    """In a forked child of an ordinary user: a user namespace of its own, so that its threads are counted apart."""
    linux.unshare(linux.CLONE_NEWUSER)


def own_processes() -> None:
    """Make the next fork the first process of a process namespace of its own. Follow it with `rejoin_processes`."""
    linux.unshare(linux.CLONE_NEWPID)


def rejoin_processes(own_pidfd: int) -> None:
    """Come back, so that `own_processes` works again: a second unshare without this fails."""
    linux.setns(own_pidfd, linux.CLONE_NEWPID)


def _tree(path: str, *, read_only: bool) -> tuple[int, bool]:
    """A detached copy of the mounts at `path`, and whether it is a directory."""
    flags = linux.OPEN_TREE_CLONE | linux.AT_RECURSIVE | os.O_CLOEXEC
    tree = linux.call("open_tree", linux.AT_FDCWD, os.fsencode(path), flags)
    attributes = linux.MOUNT_ATTR_NOSUID | (linux.MOUNT_ATTR_RDONLY if read_only else 0)
    _set_attributes(tree, b"", attributes, linux.AT_EMPTY_PATH | linux.AT_RECURSIVE)
    return tree, os.path.isdir(path)


def _attach(tree: int, target: str, is_directory: bool) -> None:
    if is_directory:
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o644))
    linux.call("move_mount", tree, b"", linux.AT_FDCWD, os.fsencode(target), linux.MOVE_MOUNT_F_EMPTY_PATH)


def _set_attributes(fd: int, path: bytes, attributes: int, flags: int) -> None:
    attr = struct.pack("=QQQQ", attributes, 0, 0, 0)
    linux.call("mount_setattr", fd, path, flags, attr, len(attr))


def _write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)
