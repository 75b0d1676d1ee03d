"""Fill the disk.

goal: power
"""

import os

try:
    with open("large", "wb") as file:
        for _ in range(32):
            file.write(bytes(1 << 20))
            file.flush()
    if os.path.getsize("large") == 32 << 20:
        print(PROOF)
finally:
    os.unlink("large")
