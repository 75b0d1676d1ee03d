"""Become another program.

goal: power
"""

import os

os.execv("/bin/sh", ["sh", "-c", f"echo {PROOF}"])
