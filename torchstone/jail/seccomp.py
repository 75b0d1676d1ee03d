"""The list of system calls that a student's process may still make. Everything else is refused by the kernel.

The filter is a program for the kernel's classic BPF machine: load a word of the call, compare, jump, answer.
"""

from __future__ import annotations

import ctypes
import functools
import platform
import struct
from typing import Final

from torchstone.jail import syscalls

# fmt: off
#: Calls without a condition: memory, threads' own business, time, files (which the mounts and landlock bound).
ALLOWED: Final = (
    "read", "write", "readv", "writev", "pread64", "pwrite64", "preadv", "pwritev", "lseek", "close", "close_range",
    "open", "openat", "stat", "fstat", "lstat", "newfstatat", "statx", "access", "faccessat", "faccessat2", "readlink",
    "readlinkat", "getdents64", "getcwd", "chdir", "statfs", "fstatfs", "dup", "dup2", "dup3", "pipe", "pipe2",
    "mkdir", "mkdirat", "rmdir", "unlink", "unlinkat", "rename", "renameat", "renameat2", "truncate", "ftruncate",
    "fallocate", "fsync", "fdatasync", "fadvise64", "readahead", "copy_file_range", "umask",
    "mmap", "munmap", "mprotect", "mremap", "msync", "mincore", "madvise", "brk", "mlock", "munlock", "membarrier",
    "poll", "ppoll", "select", "pselect6", "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait", "eventfd2",
    "futex", "set_robust_list", "get_robust_list", "set_tid_address", "rseq", "sched_yield", "getcpu", "exit",
    "exit_group", "restart_syscall", "pause",
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigpending", "rt_sigtimedwait", "rt_sigsuspend",
    "sigaltstack", "alarm", "setitimer", "getitimer",
    "nanosleep", "clock_nanosleep", "clock_gettime", "clock_getres", "gettimeofday", "time", "times",
    "getpid", "gettid", "getppid", "getpgrp", "getuid", "geteuid", "getgid", "getegid", "getresuid", "getresgid",
    "getgroups", "getrusage", "getrlimit", "sysinfo", "uname", "getrandom",
)
#: Calls whose first argument names a process: only 0 (itself) and its own number.
ON_ITSELF: Final = (
    "kill", "tgkill", "prlimit64", "sched_setaffinity", "sched_getaffinity", "getpgid", "getsid",
)
# fmt: on

_PRCTL: Final = (syscalls.PR_SET_NAME, syscalls.PR_GET_NAME, syscalls.PR_SET_VMA)
_IOCTL: Final = (0x5451, 0x5450, 0x541B, 0x5421, 0x5401)  # FIOCLEX, FIONCLEX, FIONREAD, FIONBIO, TCGETS (isatty)
#: Controls of an NVIDIA card: those of its own nodes carry the letter F, those of its unified memory are small numbers,
#: but for the first and the last. A filter sees numbers and no files; what else could be reached is kept by landlock.
_CARD_LETTER: Final = ord("F")
_CARD_MEMORY: Final = 0x200  # below
_CARD_MEMORY_ENDS: Final = (0x3000_0001, 0x3000_0002)
#: Descriptor flags, file flags and locks; not F_SETOWN and F_SETSIG, which send a signal to anybody.
_FCNTL: Final = (0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030, 1032)
_NAMESPACES: Final = (
    syscalls.CLONE_NEWNS
    | syscalls.CLONE_NEWCGROUP
    | syscalls.CLONE_NEWUTS
    | syscalls.CLONE_NEWIPC
    | syscalls.CLONE_NEWUSER
    | syscalls.CLONE_NEWPID
    | syscalls.CLONE_NEWNET
)

_ARCHITECTURE: Final = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}
_X32: Final = 0x4000_0000
_NEWEST: Final = 452  # calls this young: "no such call", so that libraries fall back to what they used before

_ALLOW: Final = 0x7FFF_0000
_KILL: Final = 0x8000_0000
_EPERM: Final = 0x0005_0000 | 1
_ENOSYS: Final = 0x0005_0000 | 38

# Words of struct seccomp_data: number, architecture, then arguments of 8 bytes each (little-endian: low half first).
_NUMBER: Final = 0
_ARCH: Final = 4
_FIRST: Final = 16
_SECOND: Final = 24

_LOAD: Final = 0x20
_RETURN: Final = 0x06
_JUMP_EQUAL: Final = 0x15
_JUMP_GREATER_EQUAL: Final = 0x35
_JUMP_ANY_BIT: Final = 0x45

_SET_MODE_FILTER: Final = 1
_ALL_THREADS: Final = 1


class _Filter:
    """A BPF program in the making: instructions of (code, jump if true, jump if false, operand)."""

    def __init__(self) -> None:
        self._code: list[tuple[int, int, int, int]] = []

    def load(self, offset: int) -> None:
        self._code.append((_LOAD, 0, 0, offset))

    def answer(self, verdict: int) -> None:
        self._code.append((_RETURN, 0, 0, verdict))

    def answer_if(self, value: int, verdict: int, *, test: int = _JUMP_EQUAL) -> None:
        """Answer if the loaded word passes the test, else go on."""
        self._code.append((test, 0, 1, value))
        self.answer(verdict)

    def answer_unless(self, value: int, verdict: int, *, test: int = _JUMP_EQUAL) -> None:
        """Answer unless the loaded word passes the test, else go on."""
        self._code.append((test, 1, 0, value))
        self.answer(verdict)

    def on_call(self, number: int, body: _Filter) -> None:
        """Run `body`, which must answer, for this system call; the number stays loaded for the others."""
        self._code.append((_JUMP_EQUAL, 0, len(body._code), number))
        self._code += body._code

    def assemble(self) -> bytes:
        return b"".join(struct.pack("=HBBI", *instruction) for instruction in self._code)


@functools.lru_cache(maxsize=4)
def program(own_pid: int, machine: str | None = None, *, card: bool = False) -> bytes:
    """The filter as BPF for a process of this number on this machine (`platform.machine()`).

    `card`: it may also control an NVIDIA card.
    """
    machine = machine or platform.machine()
    number = syscalls.numbers(machine)
    bpf = _Filter()
    bpf.load(_ARCH)
    bpf.answer_unless(_ARCHITECTURE[machine], _KILL)
    bpf.load(_NUMBER)
    if machine == "x86_64":
        bpf.answer_if(_X32, _KILL, test=_JUMP_GREATER_EQUAL)
    bpf.answer_if(number["clone3"], _ENOSYS)  # its flags lie in memory, where a filter cannot look: fall back to clone
    bpf.on_call(number["clone"], _threads_only())
    bpf.on_call(number["prctl"], _one_of(_FIRST, _PRCTL))
    bpf.on_call(number["ioctl"], _controls(card=card))
    bpf.on_call(number["fcntl"], _one_of(_SECOND, _FCNTL))
    for name in ON_ITSELF:
        # kill(0, …) is a whole process group; it is its own session's leader, so the group is itself too
        bpf.on_call(number[name], _one_of(_FIRST, (0, own_pid)))
    for name in ALLOWED:
        if name in number:  # aarch64 has no open, stat, poll, …
            bpf.answer_if(number[name], _ALLOW)
    bpf.answer_if(_NEWEST, _ENOSYS, test=_JUMP_GREATER_EQUAL)
    bpf.answer(_EPERM)
    return bpf.assemble()


def restrict(own_pid: int, *, card: bool = False) -> None:
    """Put the filter on this process and every thread of it, for good. Raises OSError."""
    code = program(own_pid, card=card)
    buffer = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("@HP", len(code) // 8, ctypes.addressof(buffer))
    syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
    syscalls.call("seccomp", _SET_MODE_FILTER, _ALL_THREADS, header)


def _threads_only() -> _Filter:
    body = _Filter()
    body.load(_FIRST)
    body.answer_unless(syscalls.CLONE_THREAD, _EPERM, test=_JUMP_ANY_BIT)
    body.answer_if(_NAMESPACES, _EPERM, test=_JUMP_ANY_BIT)
    body.answer(_ALLOW)
    return body


def _controls(*, card: bool) -> _Filter:
    if not card:
        return _one_of(_SECOND, _IOCTL)
    body = _Filter()
    body.load(_SECOND)
    for value in (*_IOCTL, *_CARD_MEMORY_ENDS):
        body.answer_if(value, _ALLOW)
    body.answer_unless(_CARD_MEMORY, _ALLOW, test=_JUMP_GREATER_EQUAL)
    letter = _CARD_LETTER << 8
    body.answer_if(0xFF00 & ~letter, _EPERM, test=_JUMP_ANY_BIT)
    for bit in (1 << n for n in range(8, 16)):
        if letter & bit:
            body.answer_unless(bit, _EPERM, test=_JUMP_ANY_BIT)
    body.answer(_ALLOW)
    return body


def _one_of(offset: int, values: tuple[int, ...]) -> _Filter:
    body = _Filter()
    body.load(offset)
    for value in values:
        body.answer_if(value, _ALLOW)
    body.answer(_EPERM)
    return body
