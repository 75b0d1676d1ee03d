"""Fork many processes.

goal: power
"""

import os
import time

children = []
for _ in range(40):
    pid = os.fork()
    if not pid:
        time.sleep(0.5)
        os._exit(0)
    children.append(pid)
if len(children) == 40:
    print(PROOF)
