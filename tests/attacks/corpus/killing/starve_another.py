"""Move another process to one processor, beside a busy one.

goal: power
"""

import os

os.sched_setaffinity(BYSTANDER, os.sched_getaffinity(BYSTANDER))
print(PROOF)
