"""Marks that turn what follows around, so that «0 of 2» reads «2 of 0»."""

from arena.files import harmful, naive_page, our_pages

TEXT = "\u202e2 fo 2\u2066 points\u200f"


def control(folder, patch):
    return harmful(naive_page(TEXT))


def ours(folder, patch):
    return harmful(our_pages(TEXT))
