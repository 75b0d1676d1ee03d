"""Unpack a small text into a large one.

goal: power
"""

import zlib

small = zlib.compress(bytes(32 << 20))
large = [zlib.decompress(small) for _ in range(18)]
print(PROOF)
