"""Graders are graded: what a week must prove before students are graded by it.

`check_week` proves it exercise by exercise; `proofs.PROOFS` says what is proved.
"""

from torchstone.contracts.check import Report, check_week
from torchstone.contracts.proof import Proof

__all__ = ["Proof", "Report", "check_week"]
