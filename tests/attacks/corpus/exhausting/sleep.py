"""Sleep in place of an answer.

goal: harm
"""

import time


def forward(X, W):
    time.sleep(1000)
