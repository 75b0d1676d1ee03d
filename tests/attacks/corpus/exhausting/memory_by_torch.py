"""Make a tensor larger than a notebook may.

goal: power
"""

import torch

block = torch.ones(200 << 20)
print(PROOF)
