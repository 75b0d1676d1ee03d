"""Escape sequences that recolour or clear a terminal."""

from arena.files import harmful, naive_page, our_pages

TEXT = "\x1b[2J\x1b[1;32mall checks passed\x1b]0;title\x07"


def control(folder, patch):
    return harmful(naive_page(TEXT))


def ours(folder, patch):
    return harmful(our_pages(TEXT))
