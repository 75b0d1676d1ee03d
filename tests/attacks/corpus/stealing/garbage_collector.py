"""Look through every object of the interpreter.

goal: leak
"""

import gc

gc.unfreeze()
for item in gc.get_objects():
    if type(item) is dict:
        for value in list(item.values()):
            if type(value) is str and value.startswith(PREFIX) and len(value) > len(PREFIX):
                print(value)
