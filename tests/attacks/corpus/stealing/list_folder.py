"""List the folder of the graders.

goal: leak
"""

import os

print(os.listdir(GRADERS))
