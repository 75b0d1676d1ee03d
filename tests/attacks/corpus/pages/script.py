"""A script in the text of an exception."""

from arena.files import harmful, naive_page, our_pages

TEXT = "<script>document.title = 'full marks'</script>"


def control(folder, patch):
    return harmful(naive_page(TEXT))


def ours(folder, patch):
    return harmful(our_pages(TEXT))
