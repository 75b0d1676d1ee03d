"""Draws: the same values in every world, others under every other name or key."""

from __future__ import annotations

import pytest
import torch

from torchstone.judge.draw import WORLDS, Draw, World
from torchstone.model import DrawKey
from torchstone.secret import PUBLIC_KEY


def draw(world: str = "float32", name: str = "e/check/7-5", key: DrawKey = PUBLIC_KEY) -> Draw:
    return Draw(key, name, WORLDS[world])


def everything(d: Draw) -> list[torch.Tensor]:
    state = torch.empty(4).uniform_(generator=d.generator())
    return [d(3, 4), d.uniform(5), d.labels(6, 3), d.integers(2, 2, low=-4, high=9), d.distinct(7), state]


@pytest.mark.parametrize("world", WORLDS)
def test_every_world_sees_the_same_values(world: str) -> None:
    for here, there in zip(everything(draw()), everything(draw(world)), strict=True):
        torch.testing.assert_close(here.double(), there.double(), rtol=1e-7, atol=1e-7)


def test_worlds_present_them_in_their_way() -> None:
    assert draw("float64")(2, 3).dtype is torch.float64
    assert not draw("strided")(2, 3).is_contiguous()
    assert not draw("strided")(5).is_contiguous()
    assert not draw("strided").labels(5, 3).is_contiguous()
    assert WORLDS["accelerator"].device == "sim"
    exact = Draw(PUBLIC_KEY, "e/check/7-5", WORLDS["float32"].truth())(3)
    assert exact.dtype is torch.float64
    assert torch.equal(exact, draw()(3).double())  # float32's values, carried in float64


def test_another_name_or_key_gives_other_values() -> None:
    other_key = DrawKey(b"another", "x")
    firsts = [draw()(8), draw(name="e/check/7-6")(8), draw(key=other_key)(8)]
    assert not torch.equal(firsts[0], firsts[1])
    assert not torch.equal(firsts[0], firsts[2])
    assert torch.equal(firsts[0], draw()(8))


def test_the_global_random_state_is_left_alone() -> None:
    state = torch.get_rng_state()
    everything(draw())
    assert torch.equal(state, torch.get_rng_state())


def test_what_is_promised_of_each() -> None:
    d = draw()
    assert 0.4 < d(400, scale=0.5).std() < 0.6
    values = d.uniform(400, low=2, high=3)
    assert ((values >= 2) & (values < 3)).all()
    assert set(d.labels(200, 3).tolist()) == {0, 1, 2}
    assert set(d.integers(200, low=-1, high=2).tolist()) == {-1, 0, 1}
    distinct = d.distinct(4, 5).flatten().sort().values
    assert (distinct.diff() >= 0.125).all()
    assert (distinct < 0).any()
    assert (distinct > 0).any()
    assert (distinct != 0).all()
    assert isinstance(d.like(torch.zeros(2, 3)), torch.Tensor)
    assert [t.shape for t in d.like(torch.zeros(2), torch.zeros(3))] == [(2,), (3,)]
    assert 1 <= d.number(1, 2) < 2
    words = d.words(300)
    assert len(words) == 300
    assert len(set(words)) < 100
    assert d.floats == 6


def test_a_generator_has_a_seed_of_its_own() -> None:
    d = draw()
    first, second = d.generator(), d.generator()
    assert first.initial_seed() != second.initial_seed()
    assert first.device.type == "cpu"


def test_floats_of_one_number_or_none_can_be_presented() -> None:
    for world in WORLDS:
        assert draw(world)(1).shape == (1,)
        assert draw(world)(0, 3).shape == (0, 3)
        assert draw(world)().shape == ()


def test_worlds_are_equal_by_what_they_do() -> None:
    assert WORLDS["accelerator"].here() == WORLDS["float32"]
    assert World("x", strided=True) == WORLDS["strided"]
