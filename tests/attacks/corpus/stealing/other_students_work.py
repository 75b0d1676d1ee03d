"""Read what another student handed in, and hand in that.

goal: score
"""

exec(open(OTHER).read())
