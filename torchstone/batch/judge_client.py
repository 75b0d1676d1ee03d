"""The owner's end of a judge process: programs to its input, results from its output."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from torchstone import errors
from torchstone.batch import protocol
from torchstone.batch.house import House
from torchstone.errors import JailError, TorchstoneError
from torchstone.model import Program, Result
from torchstone.results.codec import load_result

#: A judge that says nothing for so long is broken (every child of its has limits of its own), in seconds.
JUDGE_SILENCE: Final = 1800.0


class JudgeClient:
    """A judge process as its owner sees it. Raises TorchstoneError if there can be no judge here (no jail)."""

    def __init__(self, house: House, hello: protocol.Message) -> None:
        self._process = house.judge()
        self._words: list[str] = []
        threading.Thread(target=self._listen, daemon=True).start()
        try:
            self._say(hello)
            self._hear()
        except TorchstoneError:
            self.close()
            raise

    def results(self, program: Program) -> Iterator[Result]:
        """The score, then the same with its diagnosis. Raises TorchstoneError for a fault of ours."""
        self._say(protocol.dump_program(program) or {})
        yield load_result(self._hear()["scored"])
        yield load_result(self._hear()["diagnosed"])

    def _say(self, message: protocol.Message) -> None:
        try:
            self._process.questions.write(json.dumps(message) + "\n")
            self._process.questions.flush()
        except OSError:
            raise JailError(f"the judge process ended: {self._last_words()}") from None

    def _hear(self) -> protocol.Message:
        watchdog = threading.Timer(JUDGE_SILENCE, self._process.kill)
        watchdog.start()
        try:
            line = self._process.answers.readline()
        finally:
            watchdog.cancel()
        if not line:
            raise JailError(f"the judge process ended: {self._last_words()}")
        message: protocol.Message = json.loads(line)
        if "refused" in message:
            raise getattr(errors, message["refused"], JailError)(message["message"])
        if "fault" in message:
            raise JailError(f"the judge failed: {message['fault']}")
        return message

    def _listen(self) -> None:
        """Keep the end of what the process complains about, for the message if it dies."""
        for line in self._process.complaints:
            self._words = [*self._words[-20:], line.rstrip()]

    def _last_words(self) -> str:
        return " / ".join(self._words[-3:]) or "it said nothing"

    def kill(self) -> None:
        """End the process at once, whatever it is at."""
        self._process.kill()

    def close(self) -> None:
        with suppress(OSError):
            self._process.questions.close()
        self._process.wait()
        for stream in (self._process.answers, self._process.complaints):
            stream.close()
