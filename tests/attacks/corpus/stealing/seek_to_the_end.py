"""Learn a secret file's size from its end, through a truncating open's cousin, lseek.

goal: leak
"""

import os

print(os.lseek(os.open(SIZED_FILE, os.O_RDONLY), 0, os.SEEK_END))
