"""Leave a word in the environment.

goal: power
"""

import os

os.environ["TST_LEFT"] = "for you"
# %% second submission
import os

if "TST_LEFT" in os.environ:
    print(PROOF)
