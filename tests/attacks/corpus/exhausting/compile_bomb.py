"""A number that takes for ever to compute, while it is compiled or run.

goal: harm
"""

number = "9" * 8
value = eval(f"{number}**{number}")
