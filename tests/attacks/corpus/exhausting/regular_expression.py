"""A regular expression that takes for ever.

goal: harm
"""

import re


def count(words):
    return re.match(r"(a+)+$", "a" * 64 + "b")
