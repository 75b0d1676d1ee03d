"""Put the graders on the import path, and import them.

goal: leak
"""

import sys

sys.path.insert(0, GRADERS)
import hidden_checks

print(hidden_checks.SECRET)
