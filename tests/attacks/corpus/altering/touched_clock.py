"""Change the time stamps of what was handed in.

goal: power
"""

import os

os.utime(OTHER, (0, 0))
if os.stat(OTHER).st_mtime == 0:
    print(PROOF)
