"""The CUDA profile, as far as a machine without a card can tell: what is shown, said, bounded, refused."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from torchstone.errors import JailUnavailable
from torchstone.jail import confinement, cuda, cuda_memory, landlock, limits
from torchstone.jail.confinement import Confinement
from torchstone.jail.tiers import missing
from torchstone.jail.zygote import Zygote
from torchstone.model import JailPolicy, Limits

NODES = ("nvidiactl", "nvidia-uvm", "nvidia0", "nvidia1", "nvidia-uvm-tools", "nvidia-modeset")
HERE = Path("/dev/nvidiactl").exists()


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A machine's folders, with two cards."""
    for node in NODES:
        (tmp_path / "dev").mkdir(exist_ok=True)
        (tmp_path / "dev" / node).touch()
    for folder in ("proc/driver/nvidia", "sys/devices/system/node", "usr/local/nvidia/lib64"):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


def test_one_card_is_shown_and_no_other(machine: Path) -> None:
    card = cuda.find(1, machine)
    assert card.nodes == ("/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia1")
    assert card.readable == ("/proc/driver/nvidia", "/sys/devices/system/node", "/usr/local/nvidia")
    assert cuda.environment(card)["CUDA_VISIBLE_DEVICES"] == "1"


def test_the_parts_of_a_split_card_come_along(machine: Path) -> None:
    (machine / "dev/nvidia-caps").mkdir()
    (machine / "dev/nvidia-caps/nvidia-cap1").touch()
    assert cuda.find(0, machine).nodes[-2:] == ("/dev/nvidia0", "/dev/nvidia-caps/nvidia-cap1")


@pytest.mark.parametrize("node", ["nvidiactl", "nvidia-uvm", "nvidia0"])
def test_what_is_missing_is_named(machine: Path, node: str) -> None:
    (machine / "dev" / node).unlink()
    with pytest.raises(JailUnavailable, match=f"no CUDA device here: /dev/{node} is missing"):
        cuda.find(0, machine)


@pytest.mark.skipif(HERE, reason="there is a CUDA device here")
def test_no_fork_server_starts_without_a_card() -> None:
    with pytest.raises(JailUnavailable, match="no CUDA device here"):
        Zygote.start(JailPolicy(preload=()), "cuda")


def test_a_card_is_shown_by_the_plan_that_has_one(machine: Path) -> None:
    card = cuda.find(0, machine)
    plan = Confinement("namespaces", ("/usr/lib",), Limits(), card)
    assert plan.shown == ("/usr/lib", *card.readable)
    assert plan.nodes == card.nodes
    without = Confinement("namespaces", ("/usr/lib",), Limits())
    assert (without.shown, without.nodes) == (("/usr/lib",), ())


def test_a_card_crosses_the_control_socket(machine: Path) -> None:
    card = cuda.find(0, machine)
    sent = {"number": 0, "nodes": list(card.nodes), "readable": list(card.readable)}
    assert cuda.card_of(sent) == card
    assert cuda.card_of(None) is None


def test_a_child_is_told_of_its_card_and_no_other_child_of_any(machine: Path) -> None:
    told = confinement.clean_environment("/box", cuda.find(0, machine))
    assert (told["CUDA_VISIBLE_DEVICES"], told["NVIDIA_TF32_OVERRIDE"], told["CUBLAS_WORKSPACE_CONFIG"]) == (
        "0",
        "0",
        ":4096:8",
    )
    assert confinement.clean_environment("/box")["CUDA_VISIBLE_DEVICES"] == ""


def test_what_a_program_switched_is_switched_back() -> None:
    import torch

    torch.backends.cudnn.allow_tf32 = torch.backends.cudnn.benchmark = True
    torch.backends.cudnn.deterministic = False
    cuda.steady()
    cudnn = torch.backends.cudnn
    assert (cudnn.allow_tf32, cudnn.benchmark, cudnn.deterministic) == (False, False, True)
    assert not torch.backends.cuda.matmul.allow_tf32


def test_memory_is_bounded_though_address_space_is_not() -> None:
    """A program that reserves much more than it may and then writes into too much of it."""
    program = """
import mmap, resource, sys
from torchstone.jail import limits
from torchstone.model import Limits
data = int(open("/proc/self/statm").read().split()[5]) * resource.getpagesize()
limits.apply(Limits(memory_mb=600), inherited_bytes=data, own_user=False, card=True)
reserved = mmap.mmap(-1, 64 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000, prot=0)
fits = bytearray(300 << 20)
try:
    bytearray(600 << 20)
except MemoryError:
    print("bounded")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "bounded\n", done.stderr


def test_starting_cuda_does_not_use_up_a_programs_time() -> None:
    assert limits.cpu_limit(Limits(cpu_seconds=3), card=True) == limits.cpu_limit(Limits(cpu_seconds=3)) + 20


def test_too_much_of_a_cards_memory_is_seen() -> None:
    held: dict[int, int] = {}
    pidfd = os.pidfd_open(os.getpid())
    try:
        watch = cuda_memory.Watch(pidfd, 100, lambda: held)
        assert not watch.exceeded()  # not on the card at all
        held[os.getpid()] = 100 << 20
        assert not watch.exceeded()
        held[os.getpid()] += 1
        assert watch.exceeded()
    finally:
        os.close(pidfd)


@pytest.mark.skipif(HERE, reason="there is a CUDA device here")
def test_memory_that_cannot_be_watched_is_a_reason_to_refuse() -> None:
    with pytest.raises(JailUnavailable, match="cannot be watched"):
        cuda_memory.reader(0)


@pytest.mark.skipif(landlock.version() < 5, reason="this kernel's landlock knows no controls of devices")
def test_landlock_lets_only_shown_cards_be_controlled() -> None:
    program = """
import fcntl, sys
from torchstone.jail import landlock
landlock.restrict(["/usr/lib"], [], ["/dev/zero"], ["/dev/null"])
for node in ("/dev/zero", "/dev/null"):
    with open(node) as file:
        try:
            fcntl.ioctl(file, 0xC00846C8)
        except OSError as error:
            print(error.errno)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.split() == ["13", "25"], done.stderr  # EACCES; ENOTTY: it was asked, and knows no such thing


#: In a jail of its own, without torch: what a child finds of a card whose node is `/dev/tty`, and what of another.
CHILD = """
import fcntl, os, sys, tempfile
from torchstone.jail import confinement, cuda, namespaces, paths
from torchstone.jail.confinement import Confinement
from torchstone.model import Limits

tier, shown = sys.argv[1], sys.argv[2] == "shown"
card = cuda.Card(0, ("/dev/tty",), ("/proc/devices", "/sys/devices/system/node")) if shown else None
plan = Confinement(tier, paths.readable(), Limits(), card)
scratch = None if tier == "namespaces" else tempfile.mkdtemp()
confinement.prepare_zygote(plan)


def child():
    confinement.confine_child(plan, scratch or namespaces.BOX, None, inherited_bytes=1 << 30)
    with open("/dev/null") as file:
        try:
            fcntl.ioctl(file, 0xC00846C8)  # a control with the letter of a card's
        except OSError as error:
            print("control", error.errno)
    for path in ("/proc/devices", "/proc/version"):
        try:
            open(path).close()
            print("reads", path)
        except OSError:
            pass
    print("sees" if os.path.exists("/dev/tty") else "no", "/dev/tty")
    sys.stdout.flush()
    os._exit(0)


def zygote():
    confinement.confine_zygote(plan, scratch)
    if tier == "namespaces":
        namespaces.own_processes()
    worker = os.fork()
    if not worker:
        child()
    os._exit(os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]))


first = os.fork()
if not first:
    zygote()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(first, 0)[1]))
"""

EPERM, EACCES, ENOTTY = 1, 13, 25


def in_jail(tier: str, shown: str) -> list[str]:
    if reason := missing(tier):
        pytest.skip(f"this machine cannot build the tier: {reason}")
    command = [sys.executable, "-c", CHILD, tier, shown]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("tier", ["namespaces", "landlock"])
def test_a_jail_shows_its_card_and_lets_it_be_controlled(tier: str) -> None:
    said = in_jail(tier, "shown")
    control = EACCES if landlock.version() >= 5 else ENOTTY  # /dev/null is not the card
    assert said[0] == f"control {control}"
    assert "reads /proc/devices" in said
    assert "reads /proc/version" not in said
    assert "sees /dev/tty" in said


@pytest.mark.parametrize("tier", ["namespaces", "landlock"])
def test_a_jail_without_a_card_shows_nothing_of_one(tier: str) -> None:
    said = in_jail(tier, "hidden")
    assert said[0] == f"control {EPERM}"
    assert "reads /proc/devices" not in said
    assert ("sees /dev/tty" in said) == (tier == "landlock")  # there it stands and cannot be opened
