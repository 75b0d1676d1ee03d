"""Archives within bounds: what is refused whole, and what costs one member only."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import stat
import struct
import tarfile
import zipfile
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from torchstone.collecting.archive import open_archive, open_source
from torchstone.collecting.entries import Bounds, Damaged
from torchstone.errors import CourseError, UnsafeArchive

SMALL = Bounds(members=10, member=100_000, total=300_000, kept=1_000)


def tarred(*members, mode="w:gz"):
    """Tar bytes of (TarInfo or name, data)."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        for name, data in members:
            info = tarfile.TarInfo(name) if isinstance(name, str) else name
            info.size, info.mtime = len(data), info.mtime or 1_633_353_300
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def contents(data, made, bounds=SMALL):
    with open_archive(io.BytesIO(data), "a.zip", made.zone, bounds) as source:
        return {entry.name: source.read(entry).data for entry in source.entries}


def refusal(data, made, bounds=SMALL):
    with pytest.raises(UnsafeArchive) as caught:
        contents(data, made, bounds)
    return str(caught.value)


def special(name, kind):
    info = zipfile.ZipInfo(name)
    info.external_attr = (kind | 0o777) << 16
    return info


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_tar(made, mode):
    assert contents(tarred(("a/b.ipynb", b"1"), ("c", b"2"), mode=mode), made) == {"a/b.ipynb": b"1", "c": b"2"}


def test_zip_names_and_times(made):
    data = made.zipped({"Ada_1/wéék.ipynb": b"x", "back\\slash.ipynb": b"y", "./a//b": b"z", "folder/": b""})
    with open_archive(io.BytesIO(data), "a.zip", made.zone, SMALL) as source:
        assert [e.name for e in source.entries] == ["Ada_1/wéék.ipynb", "back/slash.ipynb", "a/b"]
        assert source.entries[0].modified == datetime(2021, 10, 4, 9, 15, tzinfo=made.zone)


def test_a_zip_without_times_has_none(made):
    data = made.zipped({"a": b""}, when=(1980, 1, 1, 0, 0, 0))
    with open_archive(io.BytesIO(data), "a.zip", made.zone, SMALL) as source:
        assert source.entries[0].modified is None


def test_tar_times_are_instants(made):
    with open_archive(io.BytesIO(tarred(("a", b""))), "a.tar", made.zone, SMALL) as source:
        assert source.entries[0].modified == datetime(2021, 10, 4, 13, 15, tzinfo=UTC)


UNSAFE = ["../a.ipynb", "a/../../b", "/etc/passwd", "C:\\a", "..\\a", "a\nb", "a/\u202eb"]


@pytest.mark.parametrize("name", UNSAFE)
def test_names_that_climb_out_or_cannot_be_shown(made, name):
    assert "leads out" in refusal(made.zipped({"fine": b"", name: b""}), made)
    assert "leads out" in refusal(tarred(("fine", b""), (name, b"")), made)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO])
def test_links_and_devices_in_a_zip(made, kind):
    assert "link" in refusal(made.zipped({special("x.ipynb", kind): b"/etc/passwd"}), made)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_in_a_tar(made, kind):
    info = tarfile.TarInfo("x.ipynb")
    info.type, info.linkname = kind, "/etc/passwd"
    assert "link" in refusal(tarred((info, b"")), made)


def test_too_many_members(made):
    many = {f"{i}.ipynb": b"" for i in range(SMALL.members + 1)}
    assert "more than 10 files" in refusal(made.zipped(many), made)
    assert "more than 10 files" in refusal(tarred(*many.items()), made)
    flood = {f"{i}": b"" for i in range(30 * SMALL.members)}
    assert "far more than 10 files" in refusal(made.zipped(flood), made)


def test_too_much_altogether(made):
    zeros = {str(i): bytes(90_000) for i in range(4)}
    assert "unpacks to" in refusal(made.zipped(zeros), made)
    assert "unpacks to" in refusal(tarred(*zeros.items()), made)


def test_a_bomb_costs_its_own_member_only(made):
    """A megabyte of zeros, a thousand times smaller in the archive."""
    bounds = Bounds(members=10, member=100_000, total=10_000_000, kept=1_000)
    for data in (
        made.zipped({"bomb": bytes(1_000_000), "fine": b"1"}),
        tarred(("bomb", bytes(1_000_000)), ("fine", b"1")),
    ):
        with open_archive(io.BytesIO(data), "a", made.zone, bounds) as source:
            bomb, fine = source.entries
            with pytest.raises(Damaged, match="1 MB, far more than a notebook"):
                source.read(bomb)
            assert source.read(fine).data == b"1"


def test_a_long_member_is_hashed_and_not_kept(made):
    data = os.urandom(5_000)
    with open_archive(io.BytesIO(made.zipped({"a": data})), "a.zip", made.zone, SMALL) as source:
        read = source.read(source.entries[0])
    assert (read.size, read.sha256, read.data) == (5_000, hashlib.sha256(data).hexdigest(), None)


def test_a_lying_header_does_not_help(made):
    honest = made.zipped({"a": bytes(50_000)})
    size = struct.pack("<I", 50_000)
    assert honest.count(size) == 2
    lying = io.BytesIO(honest.replace(size, struct.pack("<I", 10)))
    with open_archive(lying, "a", made.zone, SMALL) as source, pytest.raises(Damaged):
        source.read(source.entries[0])


def test_members_that_share_their_bytes(made):
    """The overlapping kind of bomb: many entries of the directory point to one body."""
    data = made.zipped({"a": os.urandom(500)})
    at = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    directory = data[at:end] * 5
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 5, 5, len(directory), at, 0)
    assert "share their bytes" in refusal(data[:at] + directory + tail, made)


def test_encrypted_or_oddly_compressed_members(made):
    data = bytearray(made.zipped({"a": b"x"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert "encrypted" in refusal(bytes(data), made)
    odd = zipfile.ZipInfo("a")
    odd.compress_type = zipfile.ZIP_LZMA
    assert "unusual" in refusal(made.zipped({odd: b"x"}), made)


def test_a_huge_tar_header(made):
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, 1 << 32
    data = gzip.compress(info.tobuf() + bytes(10_000))
    assert "header of" in refusal(data, made)


def test_sources_that_are_nothing_of_the_kind(made, tmp_path):
    with pytest.raises(CourseError, match="cannot be read"):
        open_source(tmp_path / "none.zip", made.zone).__enter__()
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4 " + bytes(2_000))
    with pytest.raises(UnsafeArchive, match=r"a\.pdf is not a ZIP or tar"):
        open_source(tmp_path / "a.pdf", made.zone).__enter__()


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_damage_is_refused_in_words(made, data):
    whole = data.draw(
        st.sampled_from(
            [made.zipped({"a/b": b"12345" * 50, "c": b""}), tarred(("a", b"1" * 600), ("b", b"2"), mode="w")]
        )
    )
    broken = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 6))):
        broken[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    broken = broken[: data.draw(st.integers(0, len(whole)))] if data.draw(st.booleans()) else broken
    try:
        with open_archive(io.BytesIO(bytes(broken)), "a", made.zone, SMALL) as source:
            for entry in source.entries:
                try:
                    assert source.read(entry).size <= SMALL.member
                except Damaged:
                    continue
    except UnsafeArchive:
        return


# ---- folders --------------------------------------------------------------------------------------------------------


def test_a_folder_is_read_without_following_links(made, tmp_path):
    (tmp_path / "secret").write_bytes(b"secret")
    folder = tmp_path / "folder"
    (folder / "ada").mkdir(parents=True)
    (folder / "ada" / "a.ipynb").write_bytes(b"1")
    (folder / "link.ipynb").symlink_to(tmp_path / "secret")
    (folder / "out").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe.ipynb")
    with open_source(folder, made.zone, SMALL) as source:
        found = {e.name: e for e in source.entries}
        assert set(found) == {"ada/a.ipynb", "link.ipynb", "out", "pipe.ipynb"}
        assert source.read(found["ada/a.ipynb"]).data == b"1"
        for name in ("link.ipynb", "pipe.ipynb", "out"):
            with pytest.raises(Damaged, match="link"):
                source.read(found[name])


def test_one_notebook_is_a_source_too(made, tmp_path):
    (tmp_path / "ada.ipynb").write_bytes(b"1")
    (tmp_path / "mei.ipynb").write_bytes(b"2")
    with open_source(tmp_path / "ada.ipynb", made.zone, SMALL) as source:
        assert [e.name for e in source.entries] == ["ada.ipynb"]
