"""Read the environment of the process that grades, from /proc.

goal: leak
"""

print(open(f"/proc/{JUDGE}/environ").read())
