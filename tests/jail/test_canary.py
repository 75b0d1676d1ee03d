"""A search of the whole jailed process for the judge's secrets finds none, and finds what is planted in each place."""

from pathlib import Path

import pytest

from torchstone.jail import paths
from torchstone.model import Cell

SECONDS = 240.0  # a search through all of its memory, on a busy machine
SEARCH = Path(__file__).with_name("canary_search.py").read_text()


@pytest.fixture
def search(child, canary):
    """Ask the program in the jail, which knows the canary (masked on its way)."""
    assert child.load([Cell("search", 1, SEARCH)], SECONDS) == ()

    def ask(name, *arguments):
        return child.call(name, arguments, {}, SECONDS).value

    ask("aim", [byte ^ 0x5A for byte in canary.secret])
    return ask


def roots(canary):
    """Where files may be looked for: everywhere, where the canary lies, and what this project shows of itself."""
    places = ["/", *map(str, canary.files), str(canary.folder), str(Path.home()), paths.package_directory(), "."]
    return [places, [path for path in paths.readable() if path != paths.package_directory()]]


def test_no_canary_is_in_memory(search):
    found, scanned = search("in_memory")
    assert scanned > 50 << 20
    assert found == 0


def test_no_canary_is_anywhere_else(search, canary):
    assert search("in_environment") == []
    assert search("in_files", *roots(canary)) == []
    assert search("in_descriptors") == []
    assert search("in_modules") == []
    assert search("in_objects") == 0
    assert search("in_frames") == []


@pytest.mark.parametrize("kind", ["small", "large", "mapped"])
def test_a_canary_planted_in_memory_is_found(search, kind):
    search("plant_memory", kind)
    assert search("in_memory")[0] > 0


def test_a_canary_planted_elsewhere_is_found(search, canary):
    search("plant_environment")
    assert search("in_environment") == ["PLANTED"]
    search("plant_file")
    assert search("in_files", *roots(canary)) == ["./planted.py"]
    descriptor = search("plant_descriptor")
    assert search("in_descriptors") == [descriptor]
    search("plant_module")
    assert "planted" in search("in_modules")
    before = search("in_objects")
    search("plant_object")
    assert search("in_objects") > before


def test_the_search_finds_the_canary_on_the_judges_side(canary):
    """The same functions in this process, where it is."""
    world = {"__name__": "search"}
    exec(compile(SEARCH, "canary_search.py", "exec"), world)
    world["aim"]([byte ^ 0x5A for byte in canary.secret])
    assert "TORCHSTONE_CANARY" in world["in_environment"]()
    assert set(world["in_files"]([str(canary.folder)], [])) == {str(file) for file in canary.files[:2]}
    assert world["in_descriptors"]()
    assert world["in_objects"]() > 0
    assert world["in_memory"]()[0] > 0
