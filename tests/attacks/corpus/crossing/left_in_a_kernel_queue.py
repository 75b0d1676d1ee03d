"""Leave a word in System V shared memory, which outlives processes.

goal: power
"""

import ctypes

libc = ctypes.CDLL(None)
libc.shmget(0x7473, 4096, 0o1666)
# %% second submission
import ctypes

libc = ctypes.CDLL(None)
found = libc.shmget(0x7473, 4096, 0)
if found >= 0:
    libc.shmctl(found, 0, None)
    print(PROOF)
