"""A nested tensor: its shape cannot be asked for.

goal: harm
control: careless
"""


def forward(X, W):
    return torch.nested.nested_tensor([torch.zeros(2), torch.zeros(3)])
