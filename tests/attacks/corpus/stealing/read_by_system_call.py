"""Open the file of hidden checks past Python, by system calls.

goal: leak
"""

import ctypes

libc = ctypes.CDLL(None)
fd = libc.open(SECRET_FILE.encode(), 0)
buffer = ctypes.create_string_buffer(4000)
libc.read(fd, buffer, 4000)
print(buffer.value.decode())
