"""Scores and releases by way of nbgrader. The only package that imports it; nothing here imports torch or pytest.

nbgrader keeps the gradebook and the staff's pages; what a score is comes from the judge (`grader`), how late a
submission is from our own manifest (`late`), and what was handed in from our own reader (`submission`).
"""

import sys

#: jsonschema, which nbgrader imports, compiles a grammar of internationalised addresses if it can: 1.5 CPU seconds, for
#: a format that no notebook's schema uses. It does without where the package is not there. (In Jupyter's server it has
#: been imported before us, and stays as it is.)
if "jsonschema" not in sys.modules:
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
