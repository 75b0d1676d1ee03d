"""Run a command as an ordinary user (65534): `python ordinary_user.py COMMAND…`, as root.

Where Python lies in a folder that only root may enter, the command gets a mount namespace in which that folder shows
Python and nothing else.
"""

import os
import sys

from torchstone.jail import syscalls
from torchstone.jail.paths import package_directory

NOBODY = 65534


def closed_folders(path):
    """Folders above `path` that others may not enter, the topmost one."""
    parts = path.split("/")
    for end in range(2, len(parts)):
        folder = "/".join(parts[:end])
        if not os.stat(folder).st_mode & 0o001:
            return [folder]
    return []


def show(closed, paths):
    """Lay an open folder over `closed` with these paths in it."""
    flags = syscalls.OPEN_TREE_CLONE | syscalls.AT_RECURSIVE | os.O_CLOEXEC
    trees = [syscalls.call("open_tree", syscalls.AT_FDCWD, os.fsencode(path), flags) for path in paths]
    syscalls.mount("tmpfs", closed, "tmpfs", 0, "mode=755")
    for tree, path in zip(trees, paths, strict=True):
        os.makedirs(path)
        syscalls.call("move_mount", tree, b"", syscalls.AT_FDCWD, os.fsencode(path), syscalls.MOVE_MOUNT_F_EMPTY_PATH)


def main(command):
    needed = {os.path.realpath(path) for path in (sys.base_prefix, sys.prefix, os.path.dirname(package_directory()))}
    closed = {}
    for path in needed:
        for folder in closed_folders(path):
            closed.setdefault(folder, []).append(path)
    syscalls.unshare(syscalls.CLONE_NEWNS)
    syscalls.mount(None, "/", None, syscalls.MS_REC | syscalls.MS_PRIVATE)
    for folder, paths in closed.items():
        show(folder, paths)
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    os.execv(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
