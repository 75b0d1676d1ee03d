"""Signal every process that there is.

goal: power
"""

import os

os.kill(-1, 0)
print(PROOF)
