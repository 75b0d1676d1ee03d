"""An attribute that runs code when the page is looked at."""

from arena.files import harmful, naive_page, our_pages

TEXT = "\"'><img src=x onerror=alert(1) onload=alert(2)>"


def control(folder, patch):
    return harmful(naive_page(TEXT))


def ours(folder, patch):
    return harmful(our_pages(TEXT))
