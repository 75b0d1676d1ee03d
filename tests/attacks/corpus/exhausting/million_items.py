"""A list of a million numbers.

goal: harm
control: pickle
"""


def count(words):
    return list(range(9_000_000))
