"""Recurse without end, the limit lifted.

goal: harm
"""

import sys


def forward(X, W):
    sys.setrecursionlimit(10**9)

    def dive(n):
        return sorted([n], key=lambda _: dive(n + 1))

    return dive(0)
