"""A hard link in a TAR to somebody else's file."""

import tarfile

from arena.files import extracted, taken_in, tarred


def data(folder):
    info = tarfile.TarInfo("week01.ipynb")
    info.type, info.linkname = tarfile.LNKTYPE, "../secret"
    return tarred((info, b""))


def control(folder, patch):
    return extracted(data(folder), folder)


def ours(folder, patch):
    return taken_in(data(folder), folder)
