"""A selection of the corpus as an ordinary user, on both tiers: no power of root may be what holds the attacks.

`python -m benchmarks.attacks` runs all of it, both tiers, both users.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from arena.runs import as_ordinary_user, came_to

HERE = Path(__file__).parent
#: One of each kind of mechanism; the whole takes minutes.
CHOSEN = (
    "read_hidden_file or list_folder or stat_size or environment_of_the_judge or memory_of_the_judge or by_stream"
    " or overwritten_checks or gradebook or sitecustomize or touched_clock or always_equal or tensor_subclass"
    " or result_on_every or pickle or meta_tensor or kill_another or kill_everybody or daemon or limit_another"
    " or other_program or threads or memory_by_torch or disk or inodes or left_in_tmp or kernel_queue or a_socket"
    " or see_other"
)


@pytest.mark.slow
@pytest.mark.parametrize("tier", ["namespaces", "landlock"])
def test_the_attacks_as_an_ordinary_user(tier: str) -> None:
    if os.geteuid() != 0:
        pytest.skip("the whole run is an ordinary user's already")
    # Not tmp_path: every other run of pytest closes the folder above it to others.
    with tempfile.TemporaryDirectory(prefix="torchstone-attacks-") as folder:
        done = as_ordinary_user(Path(folder), HERE / f"test_{tier}.py", CHOSEN)
    assert done.returncode == 0, done.stdout[-6000:]
    assert "skipped" not in done.stdout, done.stdout
    tried, succeeded = came_to(done)
    assert tried >= 25, done.stdout
    assert succeeded == 0
