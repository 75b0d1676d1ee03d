"""Read where there is no memory.

goal: harm
"""

import ctypes


def forward(X, W):
    ctypes.string_at(0)
