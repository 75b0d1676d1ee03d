"""An object that raises, whatever is asked of it.

goal: harm
"""


class Explodes:
    def __getattribute__(self, name):
        raise KeyboardInterrupt

    def __eq__(self, other):
        raise KeyboardInterrupt

    __hash__ = None


def count(words):
    return Explodes()
