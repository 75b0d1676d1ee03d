"""The thirty wrong modules are caught on their line, the thirty right ones are left alone."""

import copy
import importlib

import pytest
import torch
import wrong
from right import RIGHT
from torch import Tensor
from wrong import REFUSED, SILENT, Model

from torchstone.sim import Births, Log, Place, explain, watch

#: What an explanation of each begins with.
REMEDIES = {
    "PlainAttribute": 'Register `self.positions` as a buffer, `self.register_buffer("positions", ...)`',
    "HiddenState": "Give `h` `device=x.device`",
    "PythonList": "Let `layer.bias` move with the model: keep layers",
    "PlainWeight": "Make `self.weight` an `nn.Parameter`",
    "ThroughNumpy": "Stay in PyTorch where you can",
    "ClassAttribute": "Register `self.mean` as a buffer",
    "LateParameter": "Let `self.gain` move with the model",
    "BackwardOnly": "Give `mask` `device=x.device`",
    "CausalMask": "Give the tensor of shape (5, 5) `device=x.device`",
}


def forward_and_backward(model: Model, inputs: list[Tensor]) -> Tensor:
    torch.manual_seed(1)
    result = model(*inputs)
    result.pow(2).sum().backward()
    return result


def on_device(cls: type[Model]) -> Tensor:
    torch.manual_seed(0)
    model = cls()
    inputs = [x.to("sim") for x in model.inputs()]
    return forward_and_backward(model.to("sim"), inputs)


def marked(place: Place | None) -> bool:
    return place is not None and place.code.endswith("mistake")


def test_there_are_thirty_of_each() -> None:
    assert (len(REFUSED), len(SILENT), len(RIGHT)) == (25, 5, 30)


@pytest.mark.parametrize("name", [cls.__name__ for cls in REFUSED])
def test_refused_with_the_line_of_the_mistake(name: str) -> None:
    with Births():
        module = importlib.reload(wrong)  # the explaining run loads a student's cells again: defaults, class attributes
        with pytest.raises((RuntimeError, TypeError)) as caught:
            on_device(getattr(module, name))
    explanation = explain(caught.value)
    assert explanation is not None
    assert explanation.kind == ("numpy" if name == "ThroughNumpy" else "mixed")
    assert marked(explanation.cause or explanation.place), explanation
    assert explanation.text.startswith(REMEDIES.get(name, ""))


@pytest.mark.parametrize("cls", REFUSED)
def test_refused_without_an_explaining_run(cls: type[Model]) -> None:
    with pytest.raises((RuntimeError, TypeError)) as caught:
        on_device(cls)
    explanation = explain(caught.value)
    assert explanation is not None
    assert explanation.place is not None
    assert explanation.place.file == wrong.__file__


@pytest.mark.parametrize("cls", SILENT)
def test_silent_ones_leave_a_trace(cls: type[Model]) -> None:
    with watch() as log:
        result = on_device(cls)
    seen = [event.place for event in suspicious(log)]
    assert seen or result.device.type == "cpu"
    assert all(marked(place) for place in seen), seen


@pytest.mark.parametrize("cls", RIGHT)
def test_right_ones_give_what_the_cpu_gives_and_leave_no_trace(cls: type[Model]) -> None:
    torch.manual_seed(0)
    on_cpu = cls()
    inputs = on_cpu.inputs()
    model = copy.deepcopy(on_cpu).to("sim")
    moved = [x.to("sim") for x in inputs]
    with watch() as log:
        got = forward_and_backward(model, moved)
    wanted = forward_and_backward(on_cpu, list(inputs))
    assert got.device == torch.device("sim", 0)
    torch.testing.assert_close(got.cpu(), wanted)
    for mine, theirs in zip(model.parameters(), on_cpu.parameters(), strict=True):
        assert (mine.grad is None) == (theirs.grad is None)  # an unused layer has none
        if theirs.grad is not None:
            torch.testing.assert_close(mine.grad.cpu(), theirs.grad)
    assert not log.faults
    assert not suspicious(log)


def suspicious(log: Log) -> list:
    """Values brought to the CPU by the program itself."""
    moves = [move for move in log.moves if move.to == "cpu" and not move.in_backward]
    return moves + [sync for sync in log.syncs if sync.operation in ("item", "tolist")]
