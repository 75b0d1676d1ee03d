"""Every case gives the CPU's values and gradients on the device."""

import pytest
import torch
from cases import CASES
from digests import digest
from table import PAGE, page_with_table


@pytest.mark.filterwarnings("ignore")  # of some layers and optimizers, on the CPU too
@pytest.mark.parametrize("name", CASES)
def test_equals_the_cpu(name: str, cpu_digests: dict[str, str]) -> None:
    wanted = CASES[name]("cpu")
    cpu_digests[name] = digest(wanted)
    got = CASES[name]("sim")
    assert len(got) == len(wanted)
    for mine, theirs in zip(got, wanted, strict=True):
        torch.testing.assert_close(mine.detach().cpu(), theirs.detach())


def test_the_docs_list_these_cases() -> None:
    page = PAGE.read_text()
    assert page == page_with_table(page), "run `python tests/sim/inside/table.py`"
