"""The fork server: imports torch once, confines itself, then forks a confined child for each request.

Started clean by `zygote.py`, or forked from a process that was: no secret was ever in its environment, arguments or
memory. It speaks JSON over one SOCK_SEQPACKET socket: first the configuration comes in, and `{"ready": …}` or
`{"error": …}` goes out; `{"spawn": n}` with three descriptors gives `{"spawn": n}` with a pidfd; `{"status": n}` tells
how child n ended.

`{"branch": profile}` with a socket has a fork of it serve whoever holds the other end: it says `{"ready": …}` there,
with a pidfd of its own. A branch is confined as its parent is and has run nothing of a submission, since its parent
never does. It ends when that end closes, when its parent ends, and when the process ends that started the first.
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NoReturn

from torchstone.errors import JailError
from torchstone.jail import confinement, cuda, imports, namespaces, newborn, pages, seccomp, syscalls, talk
from torchstone.jail.confinement import Confinement
from torchstone.model import Limits

if TYPE_CHECKING:
    from torchstone.jail.worker import Worker

_PROFILES: Final = ("cpu", "sim", "posing", "cuda")
_USERS: Final = 50  # of one fork server


def main(control_fd: str) -> NoReturn:
    """Split in two: a keeper, which clears up after everything has ended, and the zygote proper."""
    syscalls.call_this("zygote")
    control = socket.socket(fileno=int(control_fd))
    try:
        owner = os.pidfd_open(os.getppid())
        config, _ = talk.hear(control)
        if config is None:
            os._exit(0)
        plan = Confinement(
            config["tier"], tuple(config["readable"]), Limits(**config["limits"]), cuda.card_of(config["card"])
        )
        extras = _Extras(config["profile"], tuple(config["preload"]))
        with talk.refusing("this machine does not let the jail be built"):
            confinement.prepare_zygote(plan)
        scratch = None if plan.tier == "namespaces" else tempfile.mkdtemp(prefix="torchstone-jail-")
        syscalls.prctl(syscalls.PR_SET_CHILD_SUBREAPER, 1)
        zygote = os.fork()
    except Exception as error:
        talk.refuse(control, error)
    if zygote:
        _keep(control, scratch)
    try:
        confinement.die_with_parent()
        _Zygote.prepare(control, owner, plan, scratch, extras).serve()
    except BaseException as error:
        talk.refuse(control, error)


def _keep(control: socket.socket, scratch: str | None) -> NoReturn:
    control.close()
    syscalls.call_this("keeper")
    while True:
        try:
            os.wait()
        except ChildProcessError:
            break
    if scratch is not None:
        shutil.rmtree(scratch, ignore_errors=True)
    os._exit(0)


@dataclass(frozen=True)
class _Extras:
    """What is loaded besides torch."""

    profile: str
    preload: tuple[str, ...]


@dataclass
class _Zygote:
    """What the loop needs."""

    control: socket.socket
    owner: int  #: a pidfd of the process that started us: readable when it is gone
    plan: Confinement
    scratch: str | None
    own: int  #: a pidfd of this process
    profile: str
    users: range | None  #: of all profiles' children
    inherited: int  #: bytes of address space a child starts with
    maps: int  #: its memory, where the kernel tells of it
    pagemap: int  #: where that lies
    slot: int = 0  #: which of its profile's users are its own
    worker: Worker = field(init=False)  #: that every child is to be, as it is before anything has run
    kept: list[object] = field(default_factory=list)  #: see `pages.fill`
    children: dict[int, int] = field(default_factory=dict)  #: number → process id, not yet waited for
    branches: int = 0  #: how many there were
    forks: list[int] = field(default_factory=list)  #: process ids of branches and templates, never waited for
    templates: dict[str, socket.socket] = field(default_factory=dict)  #: profile → where its branches are asked for

    @classmethod
    def prepare(
        cls,
        control: socket.socket,
        owner: int,
        plan: Confinement,
        scratch: str | None,
        extras: _Extras,
    ) -> _Zygote:
        """Import, confine, import the rest, and freeze what the children share."""
        tasks = os.open("/proc/self/task", os.O_RDONLY | os.O_DIRECTORY)
        memory = os.open("/proc/self/statm", os.O_RDONLY)
        maps = os.open("/proc/self/maps", os.O_RDONLY)
        pagemap = os.open("/proc/self/pagemap", os.O_RDONLY)
        users = confinement.spare_users(plan)
        for name in extras.preload:
            imports.require(name)
        if "torch" not in sys.modules:
            imports.torch_itself()  # before the root changes: torch asks /proc and /sys what the processor can do
        imports.worker()
        with talk.refusing("this machine does not let the jail be built"):
            confinement.confine_zygote(plan, scratch)
        home = scratch or namespaces.BOX
        os.environ.update(confinement.clean_environment(home))
        for name in extras.preload:
            imports.preload(name)
            if len(os.listdir(tasks)) > 1:
                raise JailError(f"jail.preload: {name} starts threads when it is imported; a jail cannot fork then")
        imports.warm()
        if extras.profile == "cuda":
            imports.require_cuda()
        os.close(tasks)
        if plan.tier == "namespaces":
            syscalls.detach(namespaces.BOX)  # what the imports left there is read, and no child should see it
        counted = 0 if plan.card is None else 5  # in statm: the whole address space, or what can be written to
        inherited = int(os.pread(memory, 200, 0).split()[counted]) * os.sysconf("SC_PAGE_SIZE")
        os.close(memory)
        seccomp.program(1, card=plan.card is not None)  # a child's number in its own namespace: put together once
        own = os.pidfd_open(os.getpid())
        made = cls(control, owner, plan, scratch, own, extras.profile, users, inherited, maps, pagemap)
        made._settle()
        talk.tell(control, {"ready": True})
        return made

    def _settle(self) -> None:
        """Make what children share, and freeze it."""
        self.worker = newborn.prepared(self.scratch or namespaces.BOX, self.profile)
        self.kept = pages.fill()
        gc.freeze()  # uncollected: what garbage there is stays, so that no child copies a page to free some of it
        gc.enable()
        pages.gather(self.maps)
        pages.gather_code(self.maps, self.pagemap)

    def serve(self) -> NoReturn:
        """Answer until the owner is gone."""
        poll = select.poll()
        poll.register(self.control, select.POLLIN)
        poll.register(self.owner, select.POLLIN)
        while True:
            if self.owner in dict(poll.poll()):
                self._end()
            request, descriptors = talk.hear(self.control)
            if request is None:
                self._end()
            if "spawn" in request:
                self._spawn(request["spawn"], descriptors)
            elif "branch" in request:
                self._branch(request["branch"], *descriptors)
            else:
                talk.tell(self.control, self._status(request["status"]))

    def _end(self) -> NoReturn:
        """End with all that was forked, each waited for: whoever waits for this one is to know what all have used.

        The kernel would end them too, uncounted: this is the first process of a namespace.
        """
        for process in (*self.forks, *self.children.values()):
            os.kill(process, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while True:
                os.wait()
        os._exit(0)

    def _spawn(self, number: int, wire: list[int]) -> None:
        home = (
            namespaces.BOX
            if self.scratch is None
            else os.path.join(self.scratch, f"{self.profile}-{self.slot}-{number}")
        )
        user = self._user(number)
        if self.scratch is not None:
            os.mkdir(home, 0o700)
            if user is not None:
                os.chown(home, user, user)
        in_namespaces = self.plan.tier == "namespaces"
        if in_namespaces:
            namespaces.own_processes()
        child = syscalls.fork()
        if not child:
            self._become_child(wire, home, user)
        if in_namespaces:
            namespaces.rejoin_processes(self.own)
        self.children[number] = child
        self._hand_over(child, {"spawn": number, "scratch": home if self.scratch is not None else None})
        for fd in wire:
            os.close(fd)

    def _user(self, number: int) -> int | None:
        """No two profiles have a user in common, nor two branches of one."""
        if self.users is None:
            return None
        own = self.users[_PROFILES.index(self.profile) :: len(_PROFILES)]
        return own[(self.slot * _USERS + number % _USERS) % len(own)]

    def _hand_over(self, process: int, reply: Mapping[str, object]) -> None:
        """Reply, with a handle of a process of ours."""
        handle = os.pidfd_open(process)
        talk.tell(self.control, reply, handle)
        os.close(handle)

    # ---- branches ---------------------------------------------------------------------------------------------------

    def _branch(self, profile: str, control: int) -> None:
        """Have a fork of this one serve at `control`; for the simulated accelerator, one of a template that has it."""
        if profile != self.profile:
            self._ask_template(profile, control)
        else:
            self.branches += 1
            branch = syscalls.fork()
            if not branch:
                self._become_branch(socket.socket(fileno=control))
            self.forks.append(branch)
        os.close(control)

    def _become_branch(self, control: socket.socket) -> NoReturn:
        try:
            self._begin_anew(control)
            self.slot, self.branches = self.branches, 0
            self._hand_over(os.getpid(), {"ready": True})
            self.serve()
        except BaseException as error:
            talk.refuse(control, error)

    def _ask_template(self, profile: str, control: int) -> None:
        template = self.templates.get(profile) or self._template(profile)
        try:
            talk.tell(template, {"branch": profile}, control)
        except OSError:  # it was killed: who asked sees the socket closed, and who asks next gets another
            self.templates.pop(profile).close()

    def _template(self, profile: str) -> socket.socket:
        """Fork one that has the simulated accelerator, to be branched from and nothing else.

        Never where a card is used: torch cannot hold both. What installing adds to the address space, a few megabytes,
        its children have less.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        template = os.fork()
        if not template:
            try:
                ours.close()
                self._begin_anew(theirs)
                self.profile = profile
                imports.install_simulator("cuda" if profile == "posing" else "sim")
                self._settle()
                self.serve()
            except BaseException as error:
                talk.refuse(theirs, error)
        theirs.close()
        self.forks.append(template)
        self.templates[profile] = ours
        return ours

    def _begin_anew(self, control: socket.socket) -> None:
        """In a fork: end with the one it is of, and hold nothing of its own affairs."""
        confinement.die_with_parent()
        for kept in (self.control, *self.templates.values()):
            kept.close()
        os.close(self.own)
        self.control, self.own = control, os.pidfd_open(os.getpid())
        self.templates.clear()
        self.children.clear()
        self.forks.clear()

    def _become_child(self, wire: list[int], home: str, user: int | None) -> NoReturn:
        try:
            syscalls.call_this("worker")
            confinement.claim_descriptors(*wire)
            confinement.confine_child(self.plan, home, user, self.inherited)
            if self.scratch is not None or self.plan.card is not None:
                os.environ.update(confinement.clean_environment(home, self.plan.card))
            if self.plan.card is not None:
                cuda.begin(self.plan.limits.memory_mb)
            self._forget()
            newborn.serve(self.worker)
        except BaseException as error:  # whoever asked for this child reads its output
            os.write(2, f"{type(error).__name__}: {error}\n".encode(errors="replace")[:1000])
        finally:
            os._exit(1)

    def _forget(self) -> None:
        """Leave nothing of the fork server to the child."""
        self.children.clear()
        for held in (self.control, *self.templates.values()):
            held.detach()  # its descriptor is closed already, and its number may be another's

    def _status(self, number: int) -> dict[str, Any]:
        """How a child ended that is known to have ended: as `os.wait4` tells, which no jailed code can touch."""
        child = self.children.pop(number)
        _, status, usage = os.wait4(child, 0)
        return {"status": status, "cpu": usage.ru_utime + usage.ru_stime}
