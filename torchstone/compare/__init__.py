"""Comparing what came with what should have come: by stages, with a tolerance that has reasons, in words that explain.

Shared by the judge and by a student's own public checks. Pure functions; nothing here trusts what came.
"""

from torchstone.compare.comparison import Difference, compare, differences, same
from torchstone.compare.fault import Fault
from torchstone.compare.messages import clean
from torchstone.compare.tolerance import settled, tolerance

__all__ = ["Difference", "Fault", "clean", "compare", "differences", "same", "settled", "tolerance"]
