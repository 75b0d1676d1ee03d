"""Leave something where somebody else can fetch it.

goal: power
"""

open(DROP + "/for-you", "w").write(PROOF)
