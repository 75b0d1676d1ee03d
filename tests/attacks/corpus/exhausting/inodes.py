"""Make files without number.

goal: power
"""

import os
import shutil
import time

os.mkdir("many")
try:
    for i in range(4000):
        os.close(os.open(f"many/{i}", os.O_CREAT | os.O_WRONLY))
    time.sleep(0.6)
    print(PROOF)
finally:
    shutil.rmtree("many")
