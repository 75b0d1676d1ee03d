"""Leave a POSIX message queue, which outlives processes.

goal: power
"""

import ctypes
import os

libc = ctypes.CDLL(None)
libc.mq_open(b"/tst-left", os.O_CREAT | os.O_RDWR, 0o666, None)
# %% second submission
import ctypes
import os

libc = ctypes.CDLL(None)
if libc.mq_open(b"/tst-left", os.O_RDONLY) >= 0:
    libc.mq_unlink(b"/tst-left")
    print(PROOF)
