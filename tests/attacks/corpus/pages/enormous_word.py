"""A word of a million letters."""

from arena.files import harmful, naive_page, our_pages

TEXT = "w" * 1_000_000


def control(folder, patch):
    return harmful(naive_page(TEXT))


def ours(folder, patch):
    return harmful(our_pages(TEXT))
