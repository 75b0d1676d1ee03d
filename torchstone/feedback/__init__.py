"""Pages for students and staff, written from `torchstone.model.StudentReport` and from nothing else.

`student_page`, `staff_page` and `class_page` make HTML, `text_summary` makes text for a terminal, `write_pages` and
`write_staff_pages` put pages on disk, and `write_feedback` does all of it for an assignment of a course. A student's
page is built from a view that holds no staff facts (`views.py`).
"""

from torchstone.feedback.course import Written, write_feedback
from torchstone.feedback.page import class_page, staff_page, student_page
from torchstone.feedback.text import text_summary
from torchstone.feedback.write import write_pages, write_staff_pages

__all__ = [
    "Written",
    "class_page",
    "staff_page",
    "student_page",
    "text_summary",
    "write_feedback",
    "write_pages",
    "write_staff_pages",
]
