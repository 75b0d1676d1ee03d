"""Open what another student handed in to everybody.

goal: power
"""

import os

mode = os.stat(OTHER).st_mode
os.chmod(OTHER, 0o767)
if os.stat(OTHER).st_mode & 0o777 == 0o767:
    print(PROOF)
os.chmod(OTHER, mode & 0o777)
