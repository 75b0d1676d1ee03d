"""Every case gives the CPU's values and gradients on the device."""

import pytest
import torch
from cases import CASES
from digests import digest


@pytest.mark.filterwarnings("ignore")  # of some layers and optimizers, on the CPU too
@pytest.mark.parametrize("name", CASES)
def test_equals_the_cpu(name: str, cpu_digests: dict[str, str]) -> None:
    wanted = CASES[name]("cpu")
    cpu_digests[name] = digest(wanted)
    got = CASES[name]("sim")
    assert len(got) == len(wanted)
    for mine, theirs in zip(got, wanted, strict=True):
        torch.testing.assert_close(mine.detach().cpu(), theirs.detach())
