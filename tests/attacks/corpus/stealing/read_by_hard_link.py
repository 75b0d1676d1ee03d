"""Give the file of hidden checks another name, and read it under that.

goal: leak
"""

import os

os.link(SECRET_FILE, DROP + "/innocent.txt")
print(open(DROP + "/innocent.txt").read())
