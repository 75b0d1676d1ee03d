"""Leave a word in shared memory.

goal: power
"""

open(SHM + "-left", "w").write("for you")
# %% second submission
import os

if os.path.exists(SHM + "-left"):
    os.unlink(SHM + "-left")
    print(PROOF)
