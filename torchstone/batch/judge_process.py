"""A judge process: reads programs from its input, one JSON object a line, and answers with their results.

The score is answered before the diagnosis is tried, so that it is durable whatever the diagnosis does.
Started by `torchstone.batch.service`; it ends when its input closes, also if the one who started it was killed.
"""

from __future__ import annotations

import json
import os
import select
import sys
import threading
import traceback
from pathlib import Path
from typing import IO

from torchstone.batch import protocol
from torchstone.errors import TorchstoneError
from torchstone.results.codec import dump_result


def main() -> None:
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # whatever prints, prints beside the answers
    threading.Thread(target=_end_with_input, daemon=True).start()
    try:
        serve(sys.stdin, answers)
    except TorchstoneError as e:
        _answer(answers, {"refused": type(e).__name__, "message": str(e)})


def serve(questions: IO[str], answers: IO[str]) -> None:
    """Answer programs until `questions` ends. Raises TorchstoneError if there can be no judge here (no jail)."""
    from torchstone.judge import Judge  # imports torch: not before it is needed

    first = json.loads(questions.readline() or "null")
    if first is None:
        return
    solution = protocol.load_program(first["solution"])
    graders, wanted = Path(first["graders"]), Path(first["wanted"])
    with Judge(graders, protocol.load_policy(first["policy"]), wanted=wanted) as judge:
        _answer(answers, {"ready": True})
        for line in questions:
            program = protocol.load_program(json.loads(line))
            assert program is not None
            try:
                result = judge.grade(program, solution=solution)
                _answer(answers, {"scored": dump_result(result)})
                result = judge.diagnose(program, result)
                _answer(answers, {"diagnosed": dump_result(result)})
            except Exception as e:  # a fault of ours: told to staff, never a score
                traceback.print_exc()
                _answer(answers, {"fault": f"{type(e).__name__}: {e}"})


def _answer(answers: IO[str], message: protocol.Message) -> None:
    answers.write(json.dumps(message) + "\n")
    answers.flush()


def _end_with_input() -> None:
    """End at once when the other end of our input is gone: no judge outlives its service."""
    poll = select.poll()
    poll.register(0, select.POLLHUP)
    poll.poll()
    os._exit(0)


if __name__ == "__main__":
    main()
