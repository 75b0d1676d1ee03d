"""Our judge on one tier, looked at from outside in the same way as the control."""

from __future__ import annotations

import os
import resource
from dataclasses import dataclass

from arena.attack import Attack
from arena.control import changes
from arena.observe import Observation
from arena.world import ASSIGNMENT, FULL, SOLUTION, World, settle
from torchstone import wire
from torchstone.judge.children import Zygotes
from torchstone.judge.judge import Judge
from torchstone.model import Cell, GradingPolicy, JailPolicy, Limits, Program, Result, Tier
from torchstone.results.codec import dump_result
from torchstone.secret import PUBLIC_KEY

LIMITS = Limits(
    cpu_seconds=1.0,
    wall_factor=2.0,
    exercise_cpu_seconds=8.0,
    memory_mb=512,
    disk_mb=8,
    output_kb=64,
    processes=16,
)


@dataclass
class Graded:
    """Results, for what else must hold of them."""

    first: Result
    second: Result


class Ours:
    """Grades in the jail."""

    def __init__(self, world: World, tier: Tier) -> None:
        self._world, self.tier = world, tier
        policy = GradingPolicy(JailPolicy(tier=tier, limits=LIMITS, preload=()), PUBLIC_KEY, scored_devices=("cpu",))
        self._zygotes = Zygotes(policy.jail)
        self._judge = Judge(world.graders, policy, zygotes=self._zygotes)
        assert self._zygotes.tier == tier
        self._judge.grade(_program([SOLUTION]))
        self._running = len(descendants())
        self.last: Graded | None = None

    def observe(self, attack: Attack) -> Observation:
        """Grade the attack, then the submission after it."""
        world = self._world
        before, memory = world.untouched(), _memory()
        aims = world.aims(os.getpid())
        first = self._judge.grade(_program([aims, attack.text]))
        second = self._judge.grade(_program([SOLUTION] if attack.second is None else [aims, attack.second]))
        settle(attack.waits)
        self.last = Graded(first, second)
        return Observation(
            earned=first.earned,
            honest=attack.honest,
            second=second.earned,
            second_full=FULL,
            said=dump_result(first) + dump_result(second),
            heard=world.told(),
            dropped=world.dropped(),
            changed=changes(before, world.untouched()),
            bystander_lives=world.alive(),
            left=max(0, len(descendants()) - self._running),
            memory_mb=_memory() - memory,
            memory_allowed=3 * (wire.MAX_BODY >> 20),  # the frame, the tensor made of it, and one more to compare
        )

    def close(self) -> None:
        self._judge.close()
        self._zygotes.close()


def _program(cells: list[str]) -> Program:
    names = ["layer"] if len(cells) == 1 else ["aims", "layer"]
    return Program(ASSIGNMENT, tuple(Cell(n, i, text) for i, (n, text) in enumerate(zip(names, cells, strict=True), 1)))


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def descendants() -> set[int]:
    """All living processes below this one."""
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat") as stat:
                    fields = stat.read().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[0] not in "ZX":
                parents[int(name)] = int(fields[1])
    found = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {os.getpid()}
