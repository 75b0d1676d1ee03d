"""Take more memory than a notebook may.

goal: power
"""

block = bytearray(700 << 20)
block[::4096] = b"x" * len(block[::4096])
print(PROOF)
