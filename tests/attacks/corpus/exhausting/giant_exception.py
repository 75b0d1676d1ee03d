"""Raise an exception whose text takes for ever, or is endless.

goal: harm
"""


class Giant(BaseException):
    def __str__(self):
        return "x" * (1 << 28)


def forward(X, W):
    raise Giant
