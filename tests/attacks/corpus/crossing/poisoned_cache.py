"""Leave a word in a cache of Python's, which outlives the notebook.

goal: power
"""

import linecache

linecache.cache["tst-left"] = (1, None, ["for you"], "tst-left")
# %% second submission
import linecache

if "tst-left" in linecache.cache:
    print(PROOF)
