"""A link to a folder, and a member that is written through it."""

import stat
import zipfile

from arena.files import extracted, taken_in, zipped


def data(folder):
    info = zipfile.ZipInfo("way")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return zipped([(info, str(folder).encode()), (zipfile.ZipInfo("way/escaped.ipynb"), b"{}")])


def control(folder, patch):
    return extracted(data(folder), folder)


def ours(folder, patch):
    return taken_in(data(folder), folder)
