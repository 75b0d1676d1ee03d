"""Hold a lock on a library's file, so that others wait for it.

goal: power
"""

import fcntl
import os

import torch

fd = os.open(torch.__file__, os.O_RDWR)
fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
print(PROOF)
