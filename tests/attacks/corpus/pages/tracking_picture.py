"""A picture that tells somebody when the page is read."""

from arena.files import harmful, naive_page, our_pages

TEXT = "<img src='https://example.org/read.png'><iframe src='//example.org'></iframe>"


def control(folder, patch):
    return harmful(naive_page(TEXT))


def ours(folder, patch):
    return harmful(our_pages(TEXT))
