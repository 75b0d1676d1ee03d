"""Make a link in the working directory and read through it.

goal: leak
"""

import os

os.symlink(SECRET_FILE, "innocent.txt")
try:
    print(open("innocent.txt").read())
finally:
    os.unlink("innocent.txt")
