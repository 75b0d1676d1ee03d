"""Scores and releases by way of nbgrader. The only package that imports it; nothing here imports torch or pytest.

nbgrader keeps the gradebook and the staff's pages; what a score is comes from the judge (`grader`), how late a
submission is from our own manifest (`late`), and what was handed in from our own reader (`submission`).
"""
