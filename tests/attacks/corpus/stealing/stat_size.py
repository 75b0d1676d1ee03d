"""Ask how large a secret file is.

goal: leak
"""

import os

print(os.stat(SIZED_FILE).st_size)
