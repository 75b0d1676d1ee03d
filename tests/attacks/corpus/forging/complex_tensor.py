"""A complex tensor, which has no order.

goal: harm
control: careless
"""


def forward(X, W):
    return torch.zeros(X.shape[0], W.shape[1], dtype=torch.complex64)
