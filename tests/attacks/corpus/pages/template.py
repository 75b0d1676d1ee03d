"""Text that a template would carry out."""

import jinja2
from arena.files import our_pages

TEXT = "{{ 7919 * 7907 }}{% for x in range(9) %}x{% endfor %}"


def control(folder, patch):
    return "62615533" in jinja2.Template("<p>" + TEXT + "</p>").render()


def ours(folder, patch):
    return "62615533" in our_pages(TEXT)
