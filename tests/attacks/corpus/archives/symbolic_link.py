"""A symbolic link in a ZIP that shows somebody else's file."""

import stat
import zipfile

from arena.files import extracted, taken_in, zipped


def data(folder):
    info = zipfile.ZipInfo("week01.ipynb")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return zipped([(info, str(folder / "secret").encode())])


def control(folder, patch):
    return extracted(data(folder), folder)


def ours(folder, patch):
    return taken_in(data(folder), folder)
