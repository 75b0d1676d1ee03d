"""Stop another process through a process descriptor.

goal: power
"""

import os
import signal

signal.pidfd_send_signal(os.pidfd_open(BYSTANDER), 0)
print(PROOF)
