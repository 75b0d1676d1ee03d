"""state_follows: a module and its optimizer move together, to a dtype or to a device, and training goes on."""

import pytest
import torch
from torch import nn

from torchstone.judge import agree, exercise, fill, points, scenario

pytestmark = exercise("state_follows", accelerator=3)

OPERANDS = 1.0


def problem(draw, n, d, k):
    """Inputs, targets, and the parameters W [k, d] and b [k] of a linear layer."""
    return draw(n, d), draw(n, k), [draw(k, d), draw(k)]


@scenario
def assembled(parameters):
    """A layer with a buffer, made on the CPU; its parameters have these values."""
    W, b = [p.detach().cpu().clone() for p in parameters]
    net = nn.Linear(W.shape[1], W.shape[0], dtype=W.dtype)
    net.register_buffer("seen", torch.zeros(W.shape[1], dtype=W.dtype))
    fill(net, [W, b])
    return net


@scenario
def train(net, optimizer, x, y, steps):
    """Some steps of least squares, with inputs on the device and in the dtype of the layer."""
    at = net.weight
    for _ in range(steps):
        optimizer.zero_grad()
        (net(x.to(at.device, at.dtype)) - y.to(at.device, at.dtype)).square().mean().backward()
        optimizer.step()


@scenario
def moved_in_training(code, rule, x, y, parameters, dtype, options):
    """Three steps on the CPU, the move to the device of x (or to a dtype), then three steps more."""
    net = assembled(parameters)
    before = list(net.parameters())
    optimizer = getattr(torch.optim, rule)(net.parameters(), **options)
    train(net, optimizer, x.cpu(), y.cpu(), 3)
    code.move_(net, optimizer, x.device if dtype is None else getattr(torch, dtype))
    train(net, optimizer, x, y, 3)
    to = x.device
    return {
        "parameters": [p.detach().to(to) for p in net.parameters()],
        "still the same parameters": [p is q for p, q in zip(net.parameters(), before, strict=True)],
        "parameters moved": [net.weight.device == to or dtype is not None, net.bias.device == to or dtype is not None],
        "buffer": net.seen.to(to),
    }


@scenario
def told(value, p, to):
    """A state as data: where a tensor is and of which dtype, compared with its parameter, and its values."""
    if isinstance(value, torch.Tensor):
        values = value.detach().to(to)
        dtype = "its parameter's" if value.dtype == p.dtype else str(value.dtype)
        return {"with its parameter": value.device == p.device, "dtype": dtype, "values": values}
    if isinstance(value, dict):
        return {key: told(v, p, to) for key, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [type(value).__name__, [told(v, p, to) for v in value]]
    return [type(value).__name__, value]


@scenario
def state_after_the_move(code, x, parameters, velocities, past, dtype):
    """The state of an optimizer that remembers more than tensors, after the move."""
    net = assembled(parameters)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    for p, v in zip(net.parameters(), velocities, strict=True):
        optimizer.state[p]["momentum_buffer"] = v.cpu()
    weight, bias = optimizer.state[net.weight], optimizer.state[net.bias]
    weight["updates"], weight["seen"] = 7, torch.tensor([3, 1, 2])
    weight["past"] = [past[0].cpu(), {"steps": (past[1].cpu(), torch.tensor([True, False]))}]
    bias["name"], bias["decaying"], bias["rate"], bias["nothing"] = "bias", False, 0.25, None
    code.move_(net, optimizer, x.device if dtype is None else getattr(torch, dtype))
    return [told(optimizer.state[p], p, x.device) for p in (net.weight, net.bias)]


@scenario
def started_after_the_move(code, rule, x, y, parameters):
    net = assembled(parameters)
    optimizer = getattr(torch.optim, rule)(net.parameters(), lr=0.1)
    code.move_(net, optimizer, torch.float64)
    code.move_(net, optimizer, x.device)
    train(net, optimizer, x, y, 4)
    return [p.detach() for p in net.parameters()]


@points(1)
@pytest.mark.parametrize(
    "rule, options", [("SGD", {"lr": 0.1, "momentum": 0.9}), ("Adam", {"lr": 0.1}), ("Adagrad", {"lr": 0.1})]
)
def test_training_goes_on(student, draw, rule, options):
    """Three steps, the move (to float64, and to where the data are), three steps: as if it had been there all along"""
    x, y, parameters = problem(draw, 7, 3, 2)
    agree(moved_in_training(student, rule, x, y, parameters, "float64", options), scale=OPERANDS)
    agree(moved_in_training(student, rule, x, y, parameters, None, options), scale=OPERANDS)


@points(1)
@pytest.mark.parametrize("d, k", [(3, 2), (4, 4)])
def test_state(student, draw, d, k):
    """Every tensor of the state goes with its parameter and keeps its values"""
    x, _, parameters = problem(draw, 1, d, k)
    velocities, past = draw.like(*parameters), draw.like(*parameters)
    for dtype in ("float64", "float32", None):
        agree(state_after_the_move(student, x, parameters, velocities, past, dtype), scale=OPERANDS)


@points(1)
@pytest.mark.parametrize("rule", ["SGD", "Adam"])
def test_not_yet_trained(student, draw, rule):
    """An optimizer that has taken no step yet moves, too; one without momentum has nothing to take along"""
    x, y, parameters = problem(draw, 5, 3, 3)
    agree(started_after_the_move(student, rule, x, y, parameters), scale=OPERANDS)
