"""Print the environment.

goal: leak
"""

import os

print(dict(os.environ))
