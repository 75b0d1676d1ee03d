"""Send something over the network, by UDP.

goal: power
waits: 0.2
"""

import socket

socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(PROOF.encode(), ("127.0.0.1", DATAGRAMS))
