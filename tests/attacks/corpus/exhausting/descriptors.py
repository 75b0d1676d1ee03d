"""Open files without number.

goal: power
"""

import os

opened = []
try:
    for _ in range(400):
        opened.append(os.open("/dev/null", os.O_RDONLY))
    print(PROOF)
finally:
    for fd in opened:
        os.close(fd)
