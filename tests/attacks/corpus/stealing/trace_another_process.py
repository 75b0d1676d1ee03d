"""Attach to another process as a debugger.

goal: power
"""

import ctypes
import os
import time

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
if libc.ptrace(0x4206, BYSTANDER, None, None) == 0:  # PTRACE_SEIZE
    libc.ptrace(17, BYSTANDER, None, None)  # PTRACE_DETACH
    print(PROOF)
