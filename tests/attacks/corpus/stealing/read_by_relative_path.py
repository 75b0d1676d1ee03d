"""Climb out of the working directory with `..`.

goal: leak
"""

import os

print(open("../" * 40 + SECRET_FILE[1:]).read())
