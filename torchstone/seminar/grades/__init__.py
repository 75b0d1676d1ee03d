"""Final grades: what they are made of (`facts`), how they are computed (`grade`, pure), and who is told (`page`,
`plot`, `exports`).
"""
