"""Send something over the network, by TCP.

goal: power
"""

import socket

with socket.create_connection(("127.0.0.1", PORT), 1) as talk:
    talk.sendall(PROOF.encode())
