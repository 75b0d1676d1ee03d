"""A list in a list in a list, a hundred thousand deep.

goal: harm
control: pickle
"""


def count(words):
    deep = []
    for _ in range(100_000):
        deep = [deep]
    return deep
