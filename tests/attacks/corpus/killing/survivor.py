"""Leave a process behind that ignores every polite signal.

goal: harm
waits: 0.3
"""

import os
import signal
import time

if not os.fork():
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGXCPU):
        signal.signal(number, signal.SIG_IGN)
    time.sleep(5)
    os._exit(0)
