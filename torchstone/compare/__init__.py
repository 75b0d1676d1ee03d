"""Comparing what came with what should have come: by stages, with a tolerance that has reasons, in words that explain.

Shared by the judge and by a student's own public checks. Pure functions; nothing here trusts what came.
"""

from torchstone.compare.comparison import compare, same
from torchstone.compare.fault import Fault
from torchstone.compare.messages import clean
from torchstone.compare.tolerance import settled, tolerance

__all__ = ["Fault", "clean", "compare", "same", "settled", "tolerance"]
