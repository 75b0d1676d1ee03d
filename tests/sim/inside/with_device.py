"""The plugin of a pytest session in which the device is installed; `tests/sim/test_inside.py` starts it."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from torchstone import sim

torch.set_num_threads(1)
sim.install(os.environ["SIM_NAME"])


@pytest.fixture(scope="session")
def cpu_digests() -> Iterator[dict[str, str]]:
    """Digests of the CPU's results in this process, written to where the outer session looks for them."""
    digests: dict[str, str] = {}
    yield digests
    Path(os.environ["SIM_DIGESTS"]).write_text(json.dumps(digests))
