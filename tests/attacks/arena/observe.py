"""What grading a submission looked like from outside, and whether the attacker got what it was after."""

from __future__ import annotations

from dataclasses import dataclass

from arena.attack import Attack
from arena.world import World


@dataclass(frozen=True)
class Observation:
    """Of one attack, whoever graded it."""

    earned: float  #: by the attack
    honest: float  #: by what the attack really answers, with this grader
    second: float | None  #: by the submission graded next; None: it was not graded
    second_full: float
    said: str  #: everything that was written about or by it: verdicts, output
    heard: str  #: over the network
    dropped: str  #: in the folder that anybody may write to
    changed: tuple[str, ...]  #: files of ours that are not what they were
    bystander_lives: bool
    left: int  #: processes that outlived it
    memory_mb: float  #: how much the grader's memory grew
    memory_allowed: float = 256.0  #: by how much it may grow for one answer

    def success(self, attack: Attack, world: World) -> str:
        """How the attack got what it was after; empty if it did not."""
        anywhere = "\n".join((self.said, self.heard, self.dropped))
        harm = [
            *(["the next submission lost points"] if self.second != self.second_full and attack.second is None else []),
            *([f"changed {', '.join(self.changed)}"] if self.changed else []),
            *([] if self.bystander_lives else ["killed another process"]),
            *([f"{self.left} processes outlived it"] if self.left else []),
            *([f"the grader grew by {self.memory_mb:.0f} MB"] if self.memory_mb > self.memory_allowed else []),
        ]
        got = {
            "score": f"earned {self.earned:g}, honest {self.honest:g}" if self.earned > self.honest else "",
            "leak": "a secret came out" if world.token in anywhere or str(world.size) in anywhere else "",
            "harm": "; ".join(harm),
            "power": "did what nobody may" if world.proof in anywhere else "",
        }
        return got[attack.goal]

    def anything(self, attack: Attack, world: World) -> str:
        """As `success`, whatever it was after: what must not happen with ours."""
        from dataclasses import replace

        goals = ("score", "leak", "harm", "power")
        return "; ".join(filter(None, (self.success(replace(attack, goal=goal), world) for goal in goals)))
