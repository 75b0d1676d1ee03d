"""Open the file of hidden checks and print it.

goal: leak
"""

print(open(SECRET_FILE).read())
