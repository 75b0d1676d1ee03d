"""Compute without end while the notebook is loaded.

goal: harm
"""

while True:
    pass
