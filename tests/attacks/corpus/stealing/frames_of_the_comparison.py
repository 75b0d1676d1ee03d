"""An object that looks at the grader's frames when it is compared.

goal: leak
"""

import sys


class Curious:
    def __eq__(self, other):
        frame = sys._getframe()
        while frame is not None:
            print(frame.f_globals.get("SECRET"))
            frame = frame.f_back
        return False

    __hash__ = None


def count(words):
    return Curious()
