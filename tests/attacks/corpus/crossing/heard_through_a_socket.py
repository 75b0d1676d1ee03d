"""Wait for an accomplice at an abstract socket.

goal: power
"""

import socket

kept = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
kept.bind("\0tst-meeting")
import sys

sys.kept = kept
# %% second submission
import socket

talk = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
try:
    talk.connect("\0tst-meeting")
    print(PROOF)
finally:
    talk.close()
