"""Map memory anonymously, past every allocator.

goal: power
"""

import mmap

area = mmap.mmap(-1, 800 << 20)
area[::4096] = b"x" * len(area[::4096])
print(PROOF)
