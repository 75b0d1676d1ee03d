"""Attack the jail that judges on this machine would have: a process of its own, since it brings torch with it.

`broken` runs it. As a program it reads a policy and a tier from its input, and prints what did not hold.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Final

from torchstone.batch.protocol import dump_policy, load_policy
from torchstone.errors import JailUnavailable
from torchstone.model import GradingPolicy, Tier

_SECONDS: Final = 240.0


def broken(policy: GradingPolicy, tier: Tier) -> tuple[str, ...]:
    """The attacks that a jail of this tier does not withstand here. Raises JailUnavailable if it cannot be attacked."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "torchstone.cluster.jail_check"],
            input=json.dumps({"policy": dump_policy(policy), "tier": tier}),
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
            check=True,
        )
        return tuple(json.loads(done.stdout))
    except (subprocess.SubprocessError, OSError, ValueError) as e:
        words = getattr(e, "stderr", None) or str(e)
        raise JailUnavailable(f"its jail (tier {tier}) could not be tried: {str(words).strip()[-300:]}") from e


def main() -> None:
    from torchstone.jail import self_test

    asked = json.loads(sys.stdin.read())
    findings = self_test(load_policy(asked["policy"]).jail, asked["tier"])
    print(json.dumps([f.name for f in findings if not f.holds]))


if __name__ == "__main__":
    main()
