"""Make every later import fail.

goal: harm
"""

import builtins


def refuse(*a, **k):
    raise ImportError("not any more")


builtins.__import__ = refuse
