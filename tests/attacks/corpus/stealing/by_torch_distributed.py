"""Reach the network through torch's own rendezvous.

goal: power
"""

import torch.distributed

store = torch.distributed.TCPStore("127.0.0.1", 0, 1, True)
print(PROOF)
