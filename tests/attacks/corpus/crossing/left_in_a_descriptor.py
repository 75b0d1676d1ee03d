"""Leave a mark on the descriptors that one was started with: whoever shares the open file sees it.

goal: power
"""

import fcntl
import os

for fd in range(64):
    try:
        fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) | os.O_NOATIME)
        os.lseek(fd, 4711, os.SEEK_SET)
    except OSError:
        pass
# %% second submission
import fcntl
import os

for fd in range(64):
    try:
        if fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_NOATIME or os.lseek(fd, 0, os.SEEK_CUR) == 4711:
            print(PROOF)
    except OSError:
        pass
