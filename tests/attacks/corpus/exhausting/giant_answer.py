"""Answer with gigabytes that cost the sender nothing.

goal: harm
control: pickle
"""

import torch


def forward(X, W):
    return [bytearray(300 << 20)]
