"""What a grading service and its judge processes say to each other: one JSON object a line, over pipes.

A judge is forked by the judge house, which is told of the jail and of nothing else (`opening`).

Both ends are ours and trusted; the submission itself goes only into the jail, over `torchstone.wire`.
"""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from typing import Any

from torchstone.batch.engine import Brief
from torchstone.model import Cell, DrawKey, GradingPolicy, JailPolicy, Limits, Program, Tier

Message = dict[str, Any]


def dump_policy(policy: GradingPolicy) -> Message:
    message = asdict(policy)
    message["key"]["key"] = policy.key.key.hex()  # over the pipe: never in arguments or the environment
    return message


def load_jail(message: Message) -> JailPolicy:
    return JailPolicy(tier=message["tier"], limits=Limits(**message["limits"]), preload=tuple(message["preload"]))


def load_policy(message: Message) -> GradingPolicy:
    key = dict(message["key"])
    return GradingPolicy(
        jail=load_jail(message["jail"]),
        key=DrawKey(key=bytes.fromhex(key["key"]), fingerprint=key["fingerprint"], round=key["round"]),
        scored_devices=tuple(message["scored_devices"]),
        advisory_devices=tuple(message["advisory_devices"]),
        release=message["release"],
        constraints=message["constraints"],
    )


def dump_program(program: Program | None) -> Message | None:
    return None if program is None else asdict(program)


def load_program(message: Message | None) -> Program | None:
    if message is None:
        return None
    return Program(message["assignment"], tuple(Cell(**cell) for cell in message["cells"]))


def opening(jail: JailPolicy, tier: Tier) -> Message:
    """The first message to the judge house: all that it is told of a course."""
    return {"jail": asdict(jail), "tier": tier}


def hello(brief: Brief) -> Message:
    """The first line a judge process reads. It was forked from a clean process: its surroundings are to be ours."""
    known: Message = {"assignment": brief.assignment, "graders": str(brief.graders), "wanted": str(brief.wanted)}
    known |= {"environment": dict(os.environ), "path": sys.path}
    return {**known, "policy": dump_policy(brief.policy), "solution": dump_program(brief.solution)}
