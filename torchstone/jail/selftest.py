"""The doctor's attack: build a jail, put an attacker into it, and say what held."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from torchstone.errors import JailUnavailable
from torchstone.jail import attacks
from torchstone.jail.child import Child
from torchstone.jail.confinement import clean_environment
from torchstone.jail.outcome import ChildLost, Finding, StudentRaised
from torchstone.jail.zygote import Zygote
from torchstone.model import Cell, JailPolicy, Tier

_SECONDS: Final = 20.0
_SECRET: Final = "a jailed process must not read this"


@dataclass(frozen=True)
class _Attack:
    """A function of `attacks.py` with its arguments, and what the doctor calls it."""

    name: str
    function: str
    arguments: tuple[object, ...] = ()


def self_test(policy: JailPolicy, tier: Tier) -> tuple[Finding, ...]:
    """Build a jail of this tier and attack it, about 5 s.

    Everything that did not hold is a Finding with `holds` False. Raises JailUnavailable if the tier cannot be built.
    """
    if tier == "none":
        return (Finding("a jail", False, "tier none: what is graded can do whatever you can"),)
    with Zygote.start(dataclasses.replace(policy, tier=tier, preload=())) as zygote:
        return attack(zygote)


def attack(zygote: Zygote) -> tuple[Finding, ...]:
    """Attack from inside one fresh child of this jail."""
    with _bystander() as process, tempfile.TemporaryDirectory(prefix="torchstone-doctor-") as folder:
        secret = Path(folder, "secret")
        secret.write_text(_SECRET)
        secret.chmod(0o666)
        Path(folder).chmod(0o777)  # nothing but the jail protects it
        with zygote.spawn() as child:
            program = Path(attacks.__file__).read_text()
            child.load([Cell("attacks", 1, program)], _SECONDS)
            found = [_try(child, each) for each in _attacks(secret, process)]
        found.append(_untouched(secret))
        return tuple(found)


def _attacks(secret: Path, process: int) -> Sequence[_Attack]:
    path, folder = str(secret), str(secret.parent)
    known = [*clean_environment(""), "LC_CTYPE"]
    return [
        _Attack("read a file of yours", "read_file", (path,)),
        _Attack("list a folder of yours", "list_folder", (folder,)),
        _Attack("overwrite a file of yours", "write_file", (path,)),
        _Attack("truncate a file of yours", "truncate_file", (path,)),
        _Attack("remove a file of yours", "remove_file", (path,)),
        _Attack("write beside it", "write_file", (path + "2",)),
        _Attack("write among the packages", "write_package"),
        _Attack("make a link to it", "link_out", (path,)),
        _Attack("list your home", "list_folder", (str(Path.home()),)),
        _Attack("read the system's users", "read_file", ("/etc/passwd",)),
        _Attack("see other processes", "list_folder", ("/proc",)),
        _Attack("read the first process's environment", "read_file", ("/proc/1/environ",)),
        _Attack("open an internet socket", "open_socket", (int(socket.AF_INET),)),
        _Attack("open a local socket", "open_socket", (int(socket.AF_UNIX),)),
        _Attack("fork", "fork"),
        _Attack("run a program", "execute", (os.path.realpath(sys.executable),)),
        _Attack("signal another process", "send_signal", (process,)),
        _Attack("signal every process", "send_signal", (-1,)),
        _Attack("signal through a file", "signal_by_file", (process,)),
        _Attack("limit another process", "limit_other", (process,)),
        _Attack("move another process to a processor", "move_other", (process,)),
        _Attack("trace another process", "trace_other", (process,)),
        _Attack("read another process's memory", "read_memory_of_other", (process,)),
        _Attack("get hold of another process", "hold_other", (process,)),
        _Attack("raise its own limits", "raise_limit"),
        _Attack("find an open descriptor", "open_descriptors"),
        _Attack("find something in its environment", "environment", (known,)),
        _Attack("keep root's powers", "capabilities"),
        *(_Attack(f"call {name}", "system_call", (name,)) for name in attacks.CALLS),
    ]


def _try(child: Child, attack: _Attack) -> Finding:
    try:
        answer = child.call(attack.function, attack.arguments, {}, _SECONDS)
    except StudentRaised as refused:
        held = refused.type_name.endswith("Error") and refused.kind == "raised"
        return Finding(attack.name, held, f"{refused.type_name}: {refused.text}")
    except ChildLost as lost:
        return Finding(attack.name, False, f"the attacker was lost ({lost})")
    return Finding(attack.name, answer.value == "", str(answer.value) or "nothing found")


def _untouched(secret: Path) -> Finding:
    text = secret.read_text() if secret.exists() else "removed"
    return Finding("change a file of yours", text == _SECRET, "untouched" if text == _SECRET else "it was changed")


@contextlib.contextmanager
def _bystander() -> Iterator[int]:
    """Another process of the same user, for the attacker to aim at."""
    command = [sys.executable, "-I", "-S", "-c", "import signal; signal.pause()"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as process:
        try:
            yield process.pid
        finally:
            process.send_signal(signal.SIGKILL)


def card_name(policy: JailPolicy) -> str:
    """What the card calls itself, asked in a jail that shows it. Raises JailUnavailable if there is none."""
    program = (
        "import torch\n"
        "def name():\n"
        "    x = torch.ones(2, device='cuda', requires_grad=True)\n"
        "    (x * 3).sum().backward()\n"
        "    assert x.grad.tolist() == [3.0, 3.0]\n"
        "    return torch.cuda.get_device_name()\n"
    )
    with Zygote.start(dataclasses.replace(policy, preload=()), "cuda") as zygote, zygote.spawn() as child:
        try:
            child.load([Cell("card", 1, program)], _SECONDS)
            return str(child.call("name", (), {}, _SECONDS).value)
        except (ChildLost, StudentRaised) as error:
            raise JailUnavailable(f"CUDA does not compute in the jail: {error}") from error
