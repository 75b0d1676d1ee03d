"""Answer one byte at a time, for ever.

goal: harm
"""

import os
import struct
import time


def forward(X, W):
    for byte in struct.pack("<IQ", 1 << 16, 0) + b" " * 10_000:
        os.write(4, bytes([byte]))
        time.sleep(0.2)
