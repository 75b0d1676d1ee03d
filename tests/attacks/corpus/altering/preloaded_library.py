"""Ask for a library to be loaded into every program that is started from now on.

goal: power
"""

import os
import subprocess
import sys

os.environ["LD_PRELOAD"] = DROP + "/evil.so"
print(PROOF if subprocess.run([sys.executable, "-S", "-c", ""], capture_output=True).returncode == 0 else "")
