"""Device mistakes in a student's own notebook. Each in a process of its own: the device is for good."""

import subprocess
import sys

import pytest

HEAD = """
import linecache
import torch
from torchstone.kit import check, devices

device = devices.simulated()
assert devices.simulated() == device

def cell(source):
    linecache.cache["<cell 3>"] = (len(source), None, source.splitlines(keepends=True), "<cell 3>")
    exec(compile(source, "<cell 3>", "exec"), globals())
"""


def says(source):
    """What a cell prints, or the check that failed in it."""
    code = f"{HEAD}\ntry:\n    cell({source!r})\nexcept check.CheckFailed as e:\n    print(e)\n"
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("source", "line", "advice"),
    [
        (
            "x = torch.ones(3, device=device)\nwith devices.explained():\n    y = torch.zeros(3)\n    x + y\n",
            "cell 3, line 3: y = torch.zeros(3)",
            "`device=x.device`",
        ),
        (
            "x = torch.ones(3, device=device)\nwith devices.explained():\n    x.numpy()\n",
            "cell 3, line 3: x.numpy()",
            "NumPy knows the CPU only",
        ),
        (
            "x = torch.ones(3)\nwith devices.explained():\n    x.cuda()\n",
            "cell 3, line 3: x.cuda()",
            "`x.device`",
        ),
    ],
)
def test_a_mistake_is_named_with_its_line(source, line, advice):
    told = says(source)
    assert f"Where: {line}" in told
    assert advice in told


def test_what_is_right_passes_and_other_errors_are_their_own():
    assert says("with devices.explained():\n    print((torch.ones(3, device=device) * 2).sum().item())\n") == "6.0\n"
    source = "try:\n    with devices.explained():\n        1 / 0\nexcept ZeroDivisionError:\n    print('as it was')\n"
    assert says(source) == "as it was\n"
