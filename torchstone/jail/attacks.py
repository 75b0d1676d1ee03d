"""What somebody in the jail would try. `selftest.py` sends this file's text into a jail as if a student had written it.

Each function does one thing that must not work: it returns a sentence if it did, and raises, or finds nothing, if the
jail held. What they aim at is their caller's own, or does not exist: where the jail fails, no harm is done.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import platform
import resource
import signal
import socket

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
_NOWHERE = b"/nowhere/at/all"

#: System calls that have no business in a notebook: numbers on x86-64 and aarch64, and arguments.
#: Those name what does not exist, so that a kernel that takes the call answers with another error than "not permitted".
CALLS: dict[str, tuple[int, int, tuple[int | bytes, ...]]] = {
    "unshare": (272, 97, (0x1000_0000,)),
    "mount": (165, 40, (b"none", _NOWHERE, b"tmpfs", 0, 0)),
    "chroot": (161, 51, (_NOWHERE,)),
    "setuid": (105, 146, (0,)),
    "keyctl": (250, 219, (0, -3, 0)),
    "bpf": (321, 280, (0, bytes(128), 128)),
    "perf_event_open": (298, 241, (bytes(128), 0, -1, -1, 0)),
    "io_uring_setup": (425, 425, (8, bytes(256))),
    "userfaultfd": (323, 282, (0,)),
    "memfd_create": (319, 279, (b"x", 0)),
    "shmget": (29, 194, (0, 0, 0)),
    "personality": (135, 92, (0xFFFF_FFFF,)),
    "syslog": (103, 116, (3, bytes(64), 64)),
    "clone3": (435, 435, (bytes(88), 88)),
    "fchmodat": (268, 53, (-100, _NOWHERE, 0o777)),
    "utimensat": (280, 88, (-100, _NOWHERE, 0, 0)),
    "open_by_handle_at": (304, 265, (-1, bytes(16), 0)),
}


def system_call(name: str) -> str:
    """One of CALLS by name."""
    x86, arm, arguments = CALLS[name]
    return _call(x86 if platform.machine() == "x86_64" else arm, *arguments)


def _call(number: int, *arguments: int | bytes) -> str:
    converted = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    if _libc.syscall(ctypes.c_long(number), *converted) < 0:
        code = ctypes.get_errno()
        if code in (errno.EPERM, errno.ENOSYS, errno.EACCES):
            raise OSError(code, os.strerror(code))
        return f"the kernel took the call, and answered {errno.errorcode.get(code, code)}"
    return "the kernel took the call"


def read_file(path: str) -> str:
    with open(path, "rb") as file:
        return f"read {len(file.read(1000))} bytes"


def list_folder(path: str) -> str:
    return f"saw {len(os.listdir(path))} names"


def write_file(path: str) -> str:
    with open(path, "wb") as file:
        file.write(b"x")
    return "wrote"


def truncate_file(path: str) -> str:
    os.close(os.open(path, os.O_RDONLY | os.O_TRUNC))
    return "truncated"


def remove_file(path: str) -> str:
    os.unlink(path)
    return "removed"


def write_package() -> str:
    path = os.path.join(os.path.dirname(os.__file__), "torchstone-was-here")
    write_file(path)
    os.unlink(path)
    return "wrote"


def link_out(path: str) -> str:
    os.symlink(path, "link")
    return "linked"


def open_socket(family: int) -> str:
    socket.socket(family).close()
    return "opened a socket"


def fork() -> str:
    child = os.fork()
    if not child:
        os._exit(0)
    return "forked"


def execute(program: str) -> str:
    os.execv(program, [program, "-c", ""])


def send_signal(process: int) -> str:
    os.kill(process, 0)
    return "reached it"


def signal_by_file(process: int) -> str:
    """F_SETOWN and F_SETSIG let the kernel send a signal of one's choice to a process of one's choice."""
    reader, writer = os.pipe()
    try:
        fcntl.fcntl(reader, fcntl.F_SETOWN, process)
        fcntl.fcntl(reader, getattr(fcntl, "F_SETSIG", 10), signal.SIGKILL)
    finally:
        os.close(reader)
        os.close(writer)
    return "would be told"


def limit_other(process: int) -> str:
    resource.prlimit(process, resource.RLIMIT_CPU, (1, 1))
    return "limited it"


def move_other(process: int) -> str:
    os.sched_setaffinity(process, {0})
    return "moved it"


def trace_other(process: int) -> str:
    return _call(101 if platform.machine() == "x86_64" else 117, 16, process, 0, 0)


def read_memory_of_other(process: int) -> str:
    return _call(310 if platform.machine() == "x86_64" else 270, process, 0, 0, 0, 0, 0)


def hold_other(process: int) -> str:
    return _call(434, process, 0)


def raise_limit() -> str:
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard + 3600))
    return "raised"


def open_descriptors() -> str:
    """Descriptors beyond 0 to 4."""
    found = []
    for fd in range(5, 4096):
        try:
            os.fstat(fd)
        except OSError:
            continue
        found.append(fd)
    return f"descriptors {found}" if found else ""


def environment(known: list[str]) -> str:
    """Variables beyond those that every child has."""
    extra = sorted(set(os.environ) - set(known))
    return f"variables {extra}" if extra else ""


def capabilities() -> str:
    """Whether root's powers are gone: the bounding set cannot be read without one of them having been dropped."""
    if os.geteuid() == 0 and _libc.prctl(23, 21, 0, 0, 0) == 1:  # PR_CAPBSET_READ, CAP_SYS_ADMIN
        return "CAP_SYS_ADMIN is still within reach"
    return ""
