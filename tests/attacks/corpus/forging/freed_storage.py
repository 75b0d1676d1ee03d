"""A tensor whose memory was taken away.

goal: harm
"""


def forward(X, W):
    out = torch.zeros(X.shape[0], W.shape[1])
    out.untyped_storage().resize_(0)
    return out


def gradient(X, W, up):
    return forward(X, W), forward(X, W)
