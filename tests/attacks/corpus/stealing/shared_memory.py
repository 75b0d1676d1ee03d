"""Read shared memory that lies about.

goal: leak
"""

print(open(SHM).read())
