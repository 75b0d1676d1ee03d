"""A link whose address is a script."""

from arena.files import harmful, naive_page, our_pages

TEXT = "<a href='javascript:alert(1)'>your score</a> <a href='https://example.org/?leak'>more</a>"


def control(folder, patch):
    return harmful(naive_page(TEXT))


def ours(folder, patch):
    return harmful(our_pages(TEXT))
