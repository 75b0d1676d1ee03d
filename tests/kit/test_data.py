"""The embedded data: whole, licensed, split as promised."""

import hashlib
import re
from importlib import resources

import pytest
import torch

from torchstone.kit import data


@pytest.mark.parametrize("dataset", data.REGISTRY.values(), ids=lambda d: d.name)
def test_every_data_set_is_whole_small_and_licensed(dataset):
    content = dataset.read()
    assert hashlib.sha256(content).hexdigest() == dataset.sha256
    assert len(content) < 1_000_000
    licences = (resources.files("torchstone.kit") / "data" / "LICENCES.md").read_text(encoding="utf-8")
    assert dataset.file in licences
    assert dataset.sha256 in licences
    assert dataset.licence
    assert dataset.attribution
    assert all(re.fullmatch(r"(sha256:[0-9a-f]{64}|md5:[0-9a-f]{32})", remote.hash) for remote in dataset.full)


def test_a_damaged_file_is_refused():
    bad = data.Dataset("digits", "digits.npz", "0" * 64, "", "", "")
    with pytest.raises(data.DamagedDataError, match=r"digits\.npz"):
        bad.read()


def test_digits_are_the_1797_of_the_registry():
    (X, y), (X_test, y_test) = data.digits("train"), data.digits("test")
    assert (X.shape, y.shape, X_test.shape, y_test.shape) == ((1348, 64), (1348,), (449, 64), (449,))
    assert X.dtype == torch.float32
    assert y.dtype == torch.int64
    assert X.min() == 0
    assert X.max() == 1
    assert torch.cat([y, y_test]).bincount().tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_the_split_is_the_same_every_time_and_parts_do_not_share_pixels_of_one_tensor():
    first, second = data.digits("train")[0], data.digits("train")[0]
    assert torch.equal(first, second)
    first.zero_()
    assert second.any()


def test_an_unknown_split_is_named():
    with pytest.raises(ValueError, match="'validation'; allowed are"):
        data.digits("validation")


@pytest.mark.parametrize(("n", "size"), [(10, 3), (9, 3), (2, 5), (0, 4)])
def test_batches_show_each_example_once_and_keep_pairs(n, size):
    X, y = torch.arange(n).float().unsqueeze(1), torch.arange(n)
    parts = list(data.batches(X, y, size, torch.Generator().manual_seed(0)))
    assert sorted(int(label) for _, labels in parts for label in labels) == list(range(n))
    assert all(torch.equal(xb[:, 0].long(), yb) for xb, yb in parts)
    assert all(len(xb) == size for xb, _ in parts[:-1])


def test_batches_draw_their_order_from_the_generator_alone():
    X, y = torch.arange(50).float().unsqueeze(1), torch.arange(50)

    def order(seed):
        return [yb.tolist() for _, yb in data.batches(X, y, 50, torch.Generator().manual_seed(seed))]

    before = torch.random.get_rng_state()
    assert order(1) == order(1) != order(2)
    assert torch.equal(before, torch.random.get_rng_state())


def test_fashion_is_balanced_and_split():
    (X, y), (X_test, y_test) = data.fashion("train"), data.fashion("test")
    assert (X.shape, X_test.shape) == ((1000, 1, 28, 28), (300, 1, 28, 28))
    assert (y.bincount().tolist(), y_test.bincount().tolist()) == ([100] * 10, [30] * 10)
    assert (X.dtype, y.dtype) == (torch.float32, torch.int64)
    assert (X.min(), X.max()) == (0, 1)
    everything = torch.cat([X, X_test]).flatten(1)
    assert len(everything.unique(dim=0)) == 1300
    assert everything.any(1).all()
    with pytest.raises(ValueError, match="'validation'; allowed are"):
        data.fashion("validation")
