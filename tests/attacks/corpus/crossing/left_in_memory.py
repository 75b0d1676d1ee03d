"""Leave a word in a module that stays loaded.

goal: power
"""

import math

math.left = "for you"
# %% second submission
import math

if hasattr(math, "left"):
    print(PROOF)
