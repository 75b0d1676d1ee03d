"""A tensor without values.

goal: harm
control: careless
"""


def forward(X, W):
    return torch.empty(X.shape[0], W.shape[1], device="meta")
