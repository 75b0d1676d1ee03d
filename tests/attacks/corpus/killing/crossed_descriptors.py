"""Put the output in place of every other descriptor.

goal: harm
"""

import os

for fd in range(3, 64):
    try:
        os.fstat(fd)
        os.dup2(1, fd)
    except OSError:
        pass
