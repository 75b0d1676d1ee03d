"""Read the environment that this process was started with, from /proc.

goal: leak
"""

print(open("/proc/self/environ").read())
