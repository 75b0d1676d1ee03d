"""Look into every module that is loaded.

goal: leak
"""

import sys

for module in list(sys.modules.values()):
    for value in list(getattr(module, "__dict__", {}).values()):
        if type(value) is str and value.startswith(PREFIX) and len(value) > len(PREFIX):
            print(value)
