"""What is wrong with an answer."""

from __future__ import annotations

from torchstone.model import Basis, Stage, Where


class Fault(Exception):
    """The answer is not right. `message` is what a student reads; it holds no reference value."""

    def __init__(
        self,
        stage: Stage,
        message: str,
        *,
        path: str = "",
        where: Where | None = None,
        basis: Basis = Basis.BOUNDARY,
        kind: str = "",
    ) -> None:
        super().__init__(message)
        self.stage = stage
        self.message = message
        self.path = path  #: the part of the answer: "gradient.W1", "result[2]"; empty for all of it
        self.where = where
        self.basis = basis
        self.kind = kind  #: of a fault in stage "ran": the exception's type, or why there was no answer

    def __str__(self) -> str:
        return f"[{self.stage}] {self.message}"
