"""Giving out topics: one presentation and three other notebooks to each participant, by their rankings.

`problem` is what is asked, `rankings` reads it from a sheet, `solve` finds the best answer and proves it, `validate`
checks an answer without knowing how it was found, `relax` names what is in the way where there is none, `receipt` lets
anyone solve it again, `publish` writes tables, calendar and picture, `allocate` does all of it for a course.
"""
