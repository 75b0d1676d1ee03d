"""Put modules of one's own in the place of Python's.

goal: harm
"""

import builtins

builtins.len = lambda *a: 0
builtins.isinstance = lambda *a: False
