"""Set another process's limits, so that it dies of them.

goal: power
"""

import resource

resource.prlimit(BYSTANDER, resource.RLIMIT_NOFILE, resource.prlimit(BYSTANDER, resource.RLIMIT_NOFILE))
print(PROOF)
