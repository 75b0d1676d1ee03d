"""release/ is committed, and it is what the source generates."""

from pathlib import Path

import pytest

from torchstone import config
from torchstone.gradebook.release import render

ROOT = Path(__file__).parents[2]
RELEASED = sorted(p.name for p in (ROOT / "source").iterdir() if p.is_dir())

# nbgrader's own code still calls what its libraries have deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning", "ignore::FutureWarning")


@pytest.mark.parametrize("assignment", RELEASED)
def test_the_release_is_what_the_source_generates(assignment, tmp_path):
    folder = render(config.load(ROOT), assignment, tmp_path)
    fresh = {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    committed = ROOT / "release" / assignment
    kept = {p.relative_to(committed): p.read_bytes() for p in committed.rglob("*") if p.is_file()}
    assert fresh == kept, f"run `torchstone release {assignment}`"
