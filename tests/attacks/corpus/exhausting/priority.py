"""Claim the processors before everybody else.

goal: power
"""

import os

os.setpriority(os.PRIO_PROCESS, 0, os.getpriority(os.PRIO_PROCESS, 0))
print(PROOF)
