"""Map the file of hidden checks into memory.

goal: leak
"""

import mmap

with open(SECRET_FILE, "rb") as file:
    print(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)[:4000])
