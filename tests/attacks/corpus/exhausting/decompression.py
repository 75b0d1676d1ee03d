"""Unpack a small text into a large one.

goal: power
"""

import zlib

small = zlib.compress(bytes(32 << 20))
large = b"".join([zlib.decompress(small)] * 20)
print(PROOF)
