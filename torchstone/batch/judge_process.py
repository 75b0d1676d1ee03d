"""A judge process: reads programs from its input, one JSON object a line, and answers with their results.

The score is answered before the diagnosis is tried, so that it is durable whatever the diagnosis does. It is forked by
the judge house (`house_process.py`) for one owner; it ends when its input closes, also if the owner was killed.
"""

from __future__ import annotations

import json
import os
import select
import socket
import sys
import tempfile
import threading
import traceback
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from torchstone.batch import protocol
from torchstone.errors import TorchstoneError
from torchstone.jail import Zygote
from torchstone.judge.children import Zygotes
from torchstone.model import JailPolicy, Tier
from torchstone.results.codec import dump_result


@dataclass(frozen=True)
class Jail:
    """The fork server that was asked for, for this judge alone."""

    tier: Tier
    control: socket.socket
    stem: socket.socket  #: what it is a branch of

    def open(self, policy: JailPolicy) -> Zygotes:
        """It may not stand yet: `Zygotes.await_start` tells."""
        return Zygotes(policy, Zygote.branched(policy, self.tier, self.control, self.stem))


def main(jail: Jail) -> None:
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # whatever prints, prints beside the answers
    threading.Thread(target=_end_with_input, daemon=True).start()
    questions = os.fdopen(0, closefd=False)
    hello = json.loads(questions.readline() or "null")
    if hello is None:
        return
    _settle_in(hello)
    try:
        serve(hello, questions, answers, jail)
    except TorchstoneError as e:
        _answer(answers, {"refused": type(e).__name__, "message": str(e)})


def serve(hello: protocol.Message, questions: IO[str], answers: IO[str], jail: Jail) -> None:
    """Answer programs until `questions` ends. Raises TorchstoneError if there can be no judge here (no jail)."""
    from torchstone.judge import Judge  # imports torch: not before it is needed

    solution, policy = protocol.load_program(hello["solution"]), protocol.load_policy(hello["policy"])
    graders, wanted = Path(hello["graders"]), Path(hello["wanted"])
    with jail.open(policy.jail) as zygotes, Judge(graders, policy, zygotes, wanted) as judge:
        if solution is not None:
            judge.know(solution)
        judge.learn(hello["assignment"])  # meanwhile the fork server gets ready
        zygotes.await_start()
        _answer(answers, {"ready": True})
        for line in questions:
            program = protocol.load_program(json.loads(line))
            assert program is not None
            try:
                result = judge.grade(program)
                _answer(answers, {"scored": dump_result(result)})
                result = judge.diagnose(program, result)
                _answer(answers, {"diagnosed": dump_result(result)})
            except Exception as e:  # a fault of ours: told to staff, never a score
                traceback.print_exc()
                _answer(answers, {"fault": f"{type(e).__name__}: {e}"})


def _settle_in(hello: protocol.Message) -> None:
    """Have the environment of the owner, and find what it would find."""
    os.environ.clear()
    os.environ.update(hello["environment"])
    sys.path += [entry for entry in hello["path"] if entry not in sys.path]
    tempfile.tempdir = None
    warnings.simplefilter("ignore")


def _answer(answers: IO[str], message: protocol.Message) -> None:
    answers.write(json.dumps(message) + "\n")
    answers.flush()


def _end_with_input() -> None:
    """End at once when the other end of our input is gone: no judge outlives its service."""
    poll = select.poll()
    poll.register(0, select.POLLHUP)
    poll.poll()
    os._exit(0)
