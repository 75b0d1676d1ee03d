"""The simulated accelerator in a student's notebook, as it is: a Jupyter kernel, cell after cell."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

import pytest

CELLS = (
    "import torch\n"
    "from torchstone.kit import devices\n"
    "device = devices.simulated()\n"
    "model = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1)).to(device)\n"
    "adam = torch.optim.Adam(model.parameters())\n"
    "x = torch.ones(5, 4, device=device)",
    "class Shift(torch.nn.Module):\n"
    "    def __init__(self):\n"
    "        super().__init__()\n"
    "        self.shift = torch.ones(4)\n"
    "    def forward(self, x):\n"
    "        return x + self.shift",
    "shift = Shift().to(device)\nwith devices.explained():\n    shift(x)",
    "before = model(x).square().mean().item()\n"
    "for _ in range(20):\n"
    "    adam.zero_grad()\n"
    "    loss = model(x).square().mean()\n"
    "    loss.backward()\n"
    "    adam.step()\n"
    "print(loss.device, bool(loss < before), devices.simulated() == device)\n"
    "model",
)


@pytest.mark.slow
def test_a_mistake_is_named_and_the_notebook_goes_on(tmp_path: Path) -> None:
    import nbformat
    from nbclient import NotebookClient

    notebook: Any = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the libraries' own, about themselves
        client = NotebookClient(notebook, timeout=120, kernel_name="python3", allow_errors=True)
        client.execute(cwd=str(tmp_path), env={**os.environ, "IPYTHONDIR": str(tmp_path), "OMP_NUM_THREADS": "1"})
    first, second, mistake, training = (cell.outputs for cell in notebook.cells)
    assert first == second == []
    (error,) = mistake
    assert error.ename == "CheckFailed"
    told = "\n".join([error.evalue, *error.traceback])
    assert "line 4" in told
    assert "self.shift = torch.ones(4)" in told
    assert 'self.register_buffer("shift", ...)' in told
    assert training[0].text == "sim:0 True True\n"
    assert "Linear(in_features=4" in training[1].data["text/plain"]
