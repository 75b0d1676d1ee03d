"""What was found out at length is kept under a digest, and by several at once."""

from __future__ import annotations

from torchstone import config
from torchstone.contracts.kept import Kept


def test_two_that_write_at_once_lose_nothing_and_a_change_is_noticed(course: config.Course):
    one, other = Kept(course, "week15", "seeds"), Kept(course, "week15", "seeds")
    one.put("linear", "as it is", seeds=20)
    other.put("softmax", "as it is", seeds=200)
    one.write()
    other.write()
    found = Kept(course, "week15", "seeds")
    assert found.get("linear", "as it is")["seeds"] == 20
    assert found.get("softmax", "as it is")["seeds"] == 200
    assert found.get("linear", "changed") == {}
