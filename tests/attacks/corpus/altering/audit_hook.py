"""An audit hook refuses every further import and open.

goal: harm
"""

import sys


def refuse(event, arguments):
    if event in ("compile", "import", "exec"):
        raise RuntimeError("not any more")


sys.addaudithook(refuse)
