"""Gradients are switched off for whoever comes next.

goal: harm
"""

import torch

torch.set_grad_enabled(False)
