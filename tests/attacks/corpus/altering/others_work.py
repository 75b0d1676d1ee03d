"""Spoil what another student handed in.

goal: harm
"""

open(OTHER, "a").write("raise SystemExit\n")
