"""Who may judge in a run: asked of each worker once, as workers come and go."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from torchstone.cluster.worker import standing
from torchstone.model import Tier

_STRONGEST_FIRST: Final[tuple[Tier, ...]] = ("namespaces", "landlock")


class Roll:
    """The workers of a cluster and how they stand. `say` is told of each that is refused, once."""

    def __init__(self, client: Any, run: str, say: Callable[[str], None]) -> None:
        self._client, self._run, self._say = client, run, say
        self._known: dict[str, Mapping[str, str]] = {}

    def call(self) -> None:
        """Ask those that are new or were not ready to answer; forget those that are gone."""
        there = set(self._client.scheduler_info(n_workers=-1)["workers"])
        self._known = {address: s for address, s in self._known.items() if address in there}
        asked = [a for a in sorted(there) if self._known.get(a, {}).get("state") not in ("ready", "refused")]
        if not asked:
            return
        answers = self._client.run(standing, self._run, workers=asked, on_error="return")
        for address, answer in answers.items():
            told = answer if isinstance(answer, dict) else _failed(answer)
            self._known[address] = told
            if told["state"] == "refused":
                self._say(f"worker {address} does not judge: {told['reason']}")

    @property
    def waiting(self) -> bool:
        """Whether some have not answered yet."""
        return any(s["state"] not in ("ready", "refused") for s in self._known.values())

    @property
    def tier(self) -> Tier | None:
        """The strongest tier that a ready worker has."""
        found = {self._known[address]["tier"] for address in self.ready}
        return next((t for t in _STRONGEST_FIRST if t in found), None)

    def leave_out(self, tier: Tier) -> None:
        """Refuse those of another tier: one run has one."""
        for address in self.ready:
            if (s := self._known[address])["tier"] != tier:
                reason = f"its jail is of the tier {s['tier']}, and the others' of {tier}"
                self._known[address] = {"state": "refused", "reason": reason}
                self._say(f"worker {address} does not judge: {reason}")

    @property
    def ready(self) -> frozenset[str]:
        """The addresses of those that may judge."""
        return frozenset(address for address, s in self._known.items() if s["state"] == "ready")

    @property
    def slots(self) -> int:
        """Programs that can be judged at once."""
        return sum(int(self._known[address]["slots"]) for address in self.ready)

    @property
    def told(self) -> str:
        """How everyone stands, in one line."""
        return "; ".join(f"{a}: {s.get('reason', s['state'])}" for a, s in sorted(self._known.items()))


def has_no_torchstone(error: object) -> bool:
    """Whether a worker could not find our modules. (Dask brings its error as text where it cannot bring it whole.)"""
    return "ModuleNotFoundError" in repr(error)


def _failed(error: object) -> Mapping[str, str]:
    if has_no_torchstone(error):
        return {
            "state": "refused",
            "reason": f"it has no Torchstone; install torchstone[cluster,grading] there ({error})",
        }
    if isinstance(error, OSError):
        return {"state": "checking"}  # it is on its way out, or was too busy to answer
    return {"state": "refused", "reason": f"{type(error).__name__}: {error}"}
