"""Look which processes there are.

goal: power
landlock: without a process namespace stat tells which process numbers are taken, though nothing of /proc opens
"""

import os

if os.path.exists(f"/proc/{BYSTANDER}/stat"):
    print(PROOF)
