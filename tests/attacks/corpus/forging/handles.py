"""A function in place of a tensor.

goal: harm
control: careless
"""


def forward(X, W):
    return lambda: X @ W
