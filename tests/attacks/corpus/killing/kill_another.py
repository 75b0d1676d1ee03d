"""Kill another process of the same user.

goal: power
"""

import os

os.kill(BYSTANDER, 0)  # who may do this may also kill
print(PROOF)
