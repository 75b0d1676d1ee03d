"""Full data sets through a real server on this machine: fetched once, kept, and refused where the hash is another."""

import dataclasses
import functools
import gzip
import hashlib
import http.server
import struct
import sys
import threading

import numpy as np
import pytest
import torch

from torchstone.kit import data, download
from torchstone.kit.registry import REGISTRY, DamagedDataError, Remote


def idx(array):
    header = struct.pack(">BBBB", 0, 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    return gzip.compress(header + array.astype(np.uint8).tobytes())


class Quiet(http.server.SimpleHTTPRequestHandler):
    asked = ()

    def do_GET(self):
        Quiet.asked += (self.path,)
        super().do_GET()

    def log_message(self, *_):
        pass


@pytest.fixture
def server(tmp_path):
    """A server with the four files of a tiny Fashion-MNIST; gives its address and their contents."""
    folder = tmp_path / "served"
    folder.mkdir()
    random = np.random.default_rng(0)
    contents = {}
    for part, n in (("train", 7), ("t10k", 3)):
        contents[f"{part}-images.gz"] = random.integers(0, 256, (n, 28, 28))
        contents[f"{part}-labels.gz"] = random.integers(0, 10, (n,))
    for name, array in contents.items():
        (folder / name).write_bytes(idx(array))
    Quiet.asked = ()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder)) as httpd:
        thread = threading.Thread(target=httpd.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{httpd.server_port}", folder, contents
        httpd.shutdown()
        thread.join()


@pytest.fixture
def tiny(server, monkeypatch):
    """The registry's entry, as if that server were the publisher's."""
    address, folder, contents = server
    files = [
        Remote(f"{address}/{name}", f"sha256:{hashlib.sha256((folder / name).read_bytes()).hexdigest()}")
        for name in contents
    ]
    entry = dataclasses.replace(REGISTRY["fashion"], full=tuple(files))
    monkeypatch.setitem(REGISTRY, "fashion", entry)
    return entry


def kept(folder):
    return sorted(p.name for p in folder.rglob("*") if p.is_file())


def test_the_full_set_is_downloaded_once_and_read(tiny, server, tmp_path):
    _, _, contents = server
    cache = tmp_path / "cache"
    for _ in range(2):
        X, y = data.fashion("train", full=True, cache=cache)
    torch.testing.assert_close(X, torch.from_numpy(contents["train-images.gz"]).float().unsqueeze(1) / 255)
    assert y.tolist() == contents["train-labels.gz"].tolist()
    X, y = data.fashion("test", full=True, cache=cache)
    assert (X.shape, y.tolist()) == ((3, 1, 28, 28), contents["t10k-labels.gz"].tolist())
    assert sorted(Quiet.asked) == sorted(f"/{name}" for name in contents)
    assert kept(cache) == sorted(contents)


def test_the_cache_is_where_the_environment_says(tiny, tmp_path, monkeypatch):
    monkeypatch.setenv("TORCHSTONE_DATA", str(tmp_path / "elsewhere"))
    files = download.fetch(tiny)
    assert all(file.parent == tmp_path / "elsewhere" / "fashion" for file in files)


def test_a_file_with_another_hash_is_refused_and_not_kept(tiny, server, tmp_path):
    _, folder, _ = server
    (folder / "train-images.gz").write_bytes(idx(np.zeros((7, 28, 28))))
    with pytest.raises(DamagedDataError, match=r"train-images\.gz .* nothing was kept"):
        data.fashion("train", full=True, cache=tmp_path / "cache")
    assert kept(tmp_path / "cache") == []


def test_a_file_in_the_cache_that_was_damaged_is_fetched_again(tiny, server, tmp_path):
    _, folder, _ = server
    first = download.fetch(tiny, tmp_path / "cache")[0]
    first.write_bytes(b"damaged")
    assert download.fetch(tiny, tmp_path / "cache")[0].read_bytes() == (folder / "train-images.gz").read_bytes()


def test_a_server_without_the_file_and_no_server_at_all(tiny, server, tmp_path):
    _, folder, _ = server
    (folder / "train-labels.gz").unlink()
    with pytest.raises(download.DownloadError, match=r"train-labels\.gz could not be downloaded"):
        download.fetch(tiny, tmp_path / "cache")
    assert kept(tmp_path / "cache") == ["train-images.gz"]
    nowhere = dataclasses.replace(tiny, full=(Remote("http://127.0.0.1:9/file.gz", "sha256:" + "0" * 64),))
    with pytest.raises(download.DownloadError, match="are you online"):
        download.fetch(nowhere, tmp_path / "other")


def test_what_is_embedded_whole_has_nothing_to_download():
    with pytest.raises(download.DownloadError, match="nothing to download"):
        download.fetch(REGISTRY["digits"])


def test_without_the_extra_the_message_says_what_to_install(tiny, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pooch", None)
    with pytest.raises(download.DownloadError, match=r"pip install 'torchstone\[data\]'"):
        download.fetch(tiny, tmp_path)


@pytest.mark.parametrize("content", [b"", b"\x00\x00\x0d\x01", idx(np.zeros((2, 3)))[:0] or b"\x00\x00\x08\x02\x00"])
def test_what_is_no_idx_file_is_refused(content, tmp_path):
    path = tmp_path / "x.gz"
    path.write_bytes(gzip.compress(content))
    with pytest.raises(DamagedDataError, match="no IDX file"):
        download.read_idx(path)


def test_an_idx_file_that_is_too_short_is_refused(tmp_path):
    path = tmp_path / "x.gz"
    path.write_bytes(gzip.compress(gzip.decompress(idx(np.zeros((2, 3))))[:-1]))
    with pytest.raises(DamagedDataError, match="holds 5 bytes; its header promises 6"):
        download.read_idx(path)
