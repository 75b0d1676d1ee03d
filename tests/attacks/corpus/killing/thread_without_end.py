"""A thread that is no daemon keeps the process from ending, and counts on.

goal: power
waits: 0.5
"""

import threading
import time


def count_on():
    time.sleep(0.3)
    open(DROP + "/still-here", "w").write(PROOF)


threading.Thread(target=count_on).start()
