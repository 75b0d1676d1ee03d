"""Ask how large a secret file is.

goal: leak
landlock: it bounds what is opened and changed, not what stat tells (existence, size, times), and modes still count
"""

import os

print(os.stat(SIZED_FILE).st_size)
