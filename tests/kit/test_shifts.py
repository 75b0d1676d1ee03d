"""The shifts change images as they say, and nothing else."""

import pytest
import torch

from torchstone.kit import data

X = data.digits("test")[0][:100]
each = pytest.mark.parametrize("shift", data.SHIFTS, ids=lambda s: s.name)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


@each
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_shift_keeps_shape_dtype_range_and_its_input(shift, dtype):
    images = X.to(dtype)
    before = images.clone()
    got = shift(images, seeded())
    assert got.shape == images.shape
    assert got.dtype == dtype
    assert 0 <= got.min() <= got.max() <= 1
    assert torch.equal(images, before)
    assert (got - images).abs().mean() > 0.02


@each
def test_strength_zero_changes_nothing_and_more_is_more(shift):
    torch.testing.assert_close(shift(X, seeded(), strength=0), X, atol=1e-5, rtol=0)
    gaps = [(shift(X, seeded(), strength) - X).abs().mean() for strength in (0.3, 0.7, 1.0)]
    assert gaps == sorted(gaps)


@each
def test_a_shift_draws_from_its_generator_alone(shift):
    before = torch.random.get_rng_state()
    assert torch.equal(shift(X, seeded(1)), shift(X, seeded(1)))
    assert torch.equal(before, torch.random.get_rng_state())


def test_translation_by_a_pixel_to_the_right_moves_columns():
    image = torch.zeros(1, 8, 8)
    image[0, 3, 3] = 1
    centre = []
    for seed in range(20):
        moved = data.shift_suite(image.flatten(1), seeded(seed))["translation"].view(8, 8)
        rows, columns = moved.sum(1), moved.sum(0)
        at = torch.arange(8.0)
        centre.append(torch.stack([(rows @ at) / rows.sum() - 3, (columns @ at) / columns.sum() - 3]).norm())
    torch.testing.assert_close(torch.stack(centre), torch.ones(20), atol=1e-3, rtol=0)


def test_the_suite_begins_with_the_images_as_they_are():
    suite = data.shift_suite(X, seeded())
    assert list(suite) == ["as is", "noise", "blur", "contrast", "rotation", "translation"]
    assert torch.equal(suite["as is"], X)


def test_wrong_images_and_strengths_are_refused():
    for shape in [(3, 8, 7), (3, 63), (8,), (2, 1, 8, 9), (1, 1, 1, 8, 8)]:
        with pytest.raises(ValueError, match="expected square ones"):
            data.SHIFTS[0](torch.ones(shape), seeded())
    with pytest.raises(ValueError, match="expected 0 or more"):
        data.SHIFTS[0](X, seeded(), strength=-1)


@each
def test_images_may_be_rows_squares_or_have_channels(shift):
    want = shift(X, seeded())
    torch.testing.assert_close(shift(X.view(-1, 8, 8), seeded()).flatten(1), want)
    torch.testing.assert_close(shift(X.view(-1, 1, 8, 8), seeded()).flatten(1), want)
    colours = X.view(-1, 1, 8, 8).repeat(1, 3, 1, 1)
    shifted = shift(colours, seeded())
    assert shifted.shape == colours.shape
    if shift.name != "noise":  # each channel has its own
        torch.testing.assert_close(shifted[:, 2].flatten(1), want)


@pytest.mark.parametrize("name", ["blur", "translation", "rotation"])
def test_lengths_grow_with_the_image(name):
    """An image four times as large, shifted, is the shifted image four times as large, to within resampling."""
    (shift,) = [s for s in data.SHIFTS if s.name == name]
    smooth = data.SHIFTS[1](X, seeded()).view(-1, 1, 8, 8)
    large = torch.nn.functional.interpolate(smooth, scale_factor=4.0, mode="bilinear")
    down = torch.nn.functional.avg_pool2d(shift(large, seeded()), 4)
    assert (down - shift(smooth, seeded())).abs().mean() < 0.03
    assert (down - smooth).abs().mean() > 0.04
