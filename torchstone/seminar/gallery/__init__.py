"""The gallery: a static site of all shared notebooks that works from a folder, without a server and without trust.

Nothing of a notebook runs in it: outputs are pictures and plain text (`torchstone.notebook.read`), prose is Markdown
whose HTML is dropped and whose result is sanitized, pages of notebooks hold no script at all, and every page says so to
the browser (Content-Security-Policy).
"""

from torchstone.seminar.gallery.grading import build_for_grading
from torchstone.seminar.gallery.site import Built, build

__all__ = ["Built", "build", "build_for_grading"]
