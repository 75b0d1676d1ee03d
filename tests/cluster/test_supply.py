"""Every program comes, in order; what came to nothing comes once more, alone, after the rest."""

from hypothesis import given
from hypothesis import strategies as st

from torchstone.cluster.supply import Supply
from torchstone.model import Cell, Program


def programs(count: int) -> list[Program]:
    return [Program("week01", (Cell("a", 1, str(n)),)) for n in range(count)]


@given(st.integers(0, 60), st.lists(st.floats(0.01, 60), max_size=20))
def test_all_come_once_and_in_order(count, times):
    made, supply, seen = programs(count), Supply(iter(programs(count))), []
    while batch := supply.batch():
        seen += batch
        supply.took(batch, times.pop() * len(batch) if times else 1.0)
    assert seen == made
    assert supply.alone() == ()


def test_batches_grow_with_speed_and_shrink_with_slowness():
    supply = Supply(programs(200))
    first = supply.batch()
    assert len(first) == 1
    supply.took(first, 0.25)
    second = supply.batch()
    assert len(second) == 20
    supply.took(second, 0.001)
    third = supply.batch()
    assert len(third) == 50
    supply.took(third, 5000.0)
    assert len(supply.batch()) == 1


@given(st.sets(st.integers(0, 19)))
def test_what_came_to_nothing_has_one_more_try_after_the_rest(broken):
    made, supply = programs(20), Supply(programs(20))
    while batch := supply.batch():
        assert all(supply.again(p) for p in batch if made.index(p) in broken)
    tried = []
    while batch := supply.alone():
        assert len(batch) == 1
        tried += batch
        assert not supply.again(batch[0])
    assert tried == [made[n] for n in sorted(broken)]


def test_what_was_lost_comes_next_and_stays_alone_if_it_was():
    one, two, three = programs(3)
    supply = Supply([two, three])
    assert supply.again(one)
    (alone,) = supply.alone()
    supply.give_back([alone])
    supply.give_back(supply.batch())
    assert supply.batch() == (two,)
    assert supply.batch() == (three,)
    assert supply.alone() == (one,)
