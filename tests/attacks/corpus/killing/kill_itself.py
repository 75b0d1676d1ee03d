"""Send itself the signal that nothing can catch.

goal: harm
"""

import os
import signal


def forward(X, W):
    os.kill(os.getpid(), signal.SIGKILL)
