"""Look which processes there are.

goal: power
"""

import os

if os.path.exists(f"/proc/{BYSTANDER}/stat"):
    print(PROOF)
