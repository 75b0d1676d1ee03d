"""Fill the disk with many files, each below any limit on one.

goal: power
"""

import os
import time

names = [f"part-{i}" for i in range(12)]
try:
    for name in names:
        with open(name, "wb") as file:
            file.write(bytes(2 << 20))
    time.sleep(0.6)
    print(PROOF)
finally:
    for name in names:
        if os.path.exists(name):
            os.unlink(name)
