"""Start many threads.

goal: power
"""

import threading

event = threading.Event()
threads = [threading.Thread(target=event.wait, args=(2,), daemon=True) for _ in range(300)]
for thread in threads:
    thread.start()
print(PROOF)
event.set()
