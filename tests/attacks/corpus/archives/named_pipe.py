"""A named pipe, on which a reader waits for ever."""

import tarfile

from arena.files import extracted, taken_in, tarred

INFO = tarfile.TarInfo("week01.ipynb")
INFO.type = tarfile.FIFOTYPE


def control(folder, patch):
    return extracted(tarred((INFO, b"")), folder)


def ours(folder, patch):
    return taken_in(tarred((INFO, b"")), folder)
