"""The arena: one world of aims for a file of tests, and one grader in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from arena.attack import Attack
from arena.control import Control, control
from arena.observe import Observation
from arena.ours import Ours
from arena.world import World, world

from torchstone.jail.tiers import missing


@pytest.fixture(scope="module")
def aims(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    root = tmp_path_factory.mktemp("world")
    for folder in (root, *root.parents):
        if folder.stat().st_mode & 0o011 != 0o011 and folder.owner() == root.owner():
            folder.chmod(folder.stat().st_mode | 0o011)  # nothing but the jail keeps anybody out
    with world(root) as made:
        yield made


@pytest.fixture(scope="module")
def unprotected(aims: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Control]:
    with control(aims, tmp_path_factory.mktemp("control")) as made:
        yield made


@pytest.fixture(scope="module")
def ours(request: pytest.FixtureRequest, aims: World) -> Iterator[Ours]:
    if reason := missing(request.module.TIER):
        pytest.skip(f"this machine cannot build the tier: {reason}")
    made = Ours(aims, request.module.TIER)
    yield made
    made.close()


Try = Callable[[Attack], Observation]


@pytest.fixture
def holds(ours: Ours, aims: World, record_property: Callable[[str, object], None]) -> Try:
    """Tries an attack on ours, says so to the summary, and fails if anything but its honest score came of it."""

    def tried(attack: Attack) -> Observation:
        observed = ours.observe(attack)
        success = observed.anything(attack, aims)
        record_property("attack", attack.name)
        if ours.tier == "landlock" and attack.landlock:
            record_property("beyond", attack.name)
            assert observed.success(attack, aims), f"{attack.name}: the landlock tier holds it now; say so in its file"
            success = ""
        record_property("succeeded", bool(success))
        assert not success, f"{attack.name} ({attack.tries}): {success}"
        return observed

    return tried
