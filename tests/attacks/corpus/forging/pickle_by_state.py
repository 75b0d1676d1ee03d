"""An answer whose state is set by code of the student's where it is unpickled.

goal: power
control: pickle
"""


class Bomb:
    def __reduce_ex__(self, protocol):
        return exec, (f"open({DROP + '/unpickled'!r}, 'w').write({PROOF!r})",)


def count(words):
    return {"a": Bomb()}
