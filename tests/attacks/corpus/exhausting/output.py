"""Print without end.

goal: harm
"""

import os

line = b"x" * 65535 + b"\n"


def forward(X, W):
    while True:
        try:
            os.write(1, line)
        except OSError:
            pass
