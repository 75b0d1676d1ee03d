"""The filter as a program: run here on imagined calls, for both architectures."""

import struct

import pytest

from torchstone.errors import JailUnavailable
from torchstone.jail import seccomp, syscalls

ALLOW, KILL, EPERM, ENOSYS = 0x7FFF0000, 0x80000000, 0x00050001, 0x00050026
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
OWN = 4321


def answer(machine, call, *arguments, architecture=None, card=False):
    """What the kernel would say: a BPF machine of six instructions."""
    number = syscalls.numbers(machine)[call] if isinstance(call, str) else call
    padded = [a & (1 << 64) - 1 for a in (*arguments, 0, 0, 0, 0, 0, 0)[:6]]
    data = struct.pack("<IIQ6Q", number, architecture or ARCHITECTURES[machine], 0, *padded)
    program = list(struct.iter_unpack("=HBBI", seccomp.program(OWN, machine, card=card)))
    at, word = 0, 0
    while True:
        code, yes, no, operand = program[at]
        at += 1
        if code == 0x20:
            (word,) = struct.unpack_from("<I", data, operand)
        elif code == 0x06:
            return operand
        else:
            test = {0x15: word == operand, 0x35: word >= operand, 0x45: bool(word & operand)}[code]
            at += yes if test else no


machines = pytest.mark.parametrize("machine", ARCHITECTURES)


@machines
def test_what_a_program_needs_is_allowed(machine):
    known = syscalls.numbers(machine)
    for name in seccomp.ALLOWED:
        if name in known:
            assert answer(machine, name) == ALLOW


@machines
def test_what_builds_jails_is_not(machine):
    for name in (
        "mount_setattr",
        "pivot_root",
        "open_tree",
        "move_mount",
        "capset",
        "seccomp",
        "landlock_restrict_self",
    ):
        assert answer(machine, name) == EPERM


@machines
def test_threads_but_no_processes_and_no_namespaces(machine):
    thread = 0x3D0F00  # what pthread_create asks for
    assert answer(machine, "clone", thread) == ALLOW
    assert answer(machine, "clone", 17) == EPERM
    assert answer(machine, "clone", thread | syscalls.CLONE_NEWUSER) == EPERM
    assert answer(machine, "clone3") == ENOSYS


@machines
@pytest.mark.parametrize("name", seccomp.ON_ITSELF)
def test_levers_move_nobody_else(machine, name):
    assert answer(machine, name, OWN) == ALLOW
    assert answer(machine, name, 0) == ALLOW
    for other in (1, OWN + 1, -1, -OWN):
        assert answer(machine, name, other) == EPERM


@machines
def test_few_controls_of_files_and_of_the_process(machine):
    assert answer(machine, "ioctl", 1, 0x5401) == ALLOW
    assert answer(machine, "ioctl", 0, 0x5412) == EPERM  # TIOCSTI types into the terminal
    assert answer(machine, "fcntl", 1, 3) == ALLOW
    assert answer(machine, "fcntl", 1, 8) == EPERM  # F_SETOWN
    assert answer(machine, "prctl", syscalls.PR_SET_NAME) == ALLOW
    assert answer(machine, "prctl", syscalls.PR_SET_DUMPABLE, 1) == EPERM


@machines
def test_another_architecture_is_the_end_and_a_newer_call_does_not_exist(machine):
    assert answer(machine, "read", architecture=0x40000003) == KILL
    assert answer(machine, 460) == ENOSYS


def test_the_other_numbering_of_x86_is_the_end():
    assert answer("x86_64", 0x40000000) == KILL


def test_an_unknown_machine_has_no_jail():
    with pytest.raises(JailUnavailable, match="riscv64"):
        seccomp.program(1, "riscv64")


@machines
@pytest.mark.parametrize(
    "request_",
    [0xC00846C8, 0xC020462A, 0xC0384657, 0x30000001, 0x30000002, 25, 0x25],  # card info, control, map; unified memory
)
def test_a_card_is_controlled_only_where_one_is_shown(machine, request_):
    assert answer(machine, "ioctl", 5, request_) == EPERM
    assert answer(machine, "ioctl", 5, request_, card=True) == ALLOW


@machines
@pytest.mark.parametrize("request_", [0x5412, 0x541C, 0x4C82, 0x8933, 0x40045431, 0xC0104752])
def test_nothing_else_is_controlled_beside_a_card(machine, request_):
    assert answer(machine, "ioctl", 5, request_, card=True) == EPERM


@machines
def test_a_card_changes_no_other_call(machine):
    for name in ("clone3", "ptrace", "socket", "execve", "mount"):
        number = syscalls.numbers(machine).get(name)
        if number is not None:
            assert answer(machine, name) == answer(machine, name, card=True) != ALLOW
