"""Run a command.

goal: power
"""

import os

os.system(f"echo {PROOF} > {DROP}/shell")
