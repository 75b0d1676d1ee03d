"""gru_cell: one step of a gated recurrent unit, the reset gate after the product, as in nn.GRUCell."""

import pytest
import torch

from torchstone.judge import agree, exercise, fill, points, scenario

pytestmark = exercise("gru_cell", accelerator=1)
sizes = pytest.mark.parametrize("n, inputs, hidden", [(7, 5, 3), (4, 4, 4), (1, 2, 3)])

OPERANDS = 1.0  # states and gradients are sums of terms of this size, and may come near 0 by chance


def problem(draw, n, inputs, hidden):
    """The parameters W_x, W_h, b_x, b_h, an input and a state."""
    parameters = [draw(inputs, 3 * hidden), draw(hidden, 3 * hidden), draw(3 * hidden), draw(3 * hidden)]
    return parameters, draw(n, inputs), draw(n, hidden)


@scenario
def stepped(code, inputs, hidden, parameters, x, *state):
    cell = code.GRUCell(inputs, hidden)
    fill(cell, parameters)
    return cell(x, *state)


@scenario
def pulled_back(code, inputs, hidden, parameters, x, h, upstream):
    """The next state, and its gradients in every parameter, in x and in h."""
    cell = code.GRUCell(inputs, hidden)
    leaves = [*fill(cell, parameters), x.requires_grad_(), h.requires_grad_()]
    value = cell(x, h)
    gradient = torch.autograd.grad(value, leaves, upstream, allow_unused=True)
    *of_parameters, of_x, of_h = gradient
    return {"value": value, "gradient": {"parameters": of_parameters, "x": of_x, "h": of_h}}


@scenario
def unrolled(code, inputs, hidden, parameters, sequence, h, upstream):
    """The states of several steps with one cell, and the gradients through all of them."""
    cell = code.GRUCell(inputs, hidden)
    leaves = [*fill(cell, parameters), h.requires_grad_()]
    states = []
    for x in sequence:
        h = cell(x, h)
        states.append(h)
    states = torch.stack(states)
    return {"value": states, "gradient": torch.autograd.grad(states, leaves, upstream, allow_unused=True)}


def with_gates(parameters, hidden, reset=None, update=None):
    """Biases that settle gates: `reset` and `update` are far below 0 or far above it."""
    W_x, W_h, b_x, b_h = parameters
    b_x = b_x.clone()
    if reset is not None:
        b_x[:hidden] = reset
    if update is not None:
        b_x[hidden : 2 * hidden] = update
    return [W_x, W_h, b_x, b_h]


@points(3)
@sizes
def test_next_state(student, draw, n, inputs, hidden):
    """The next state, from a given state"""
    parameters, x, h = problem(draw, n, inputs, hidden)
    agree(stepped(student, inputs, hidden, parameters, x, h), scale=OPERANDS)


@points(2)
@sizes
def test_gradients(student, draw, n, inputs, hidden):
    """The gradient of every parameter, of the input and of the state, from a random upstream gradient"""
    parameters, x, h = problem(draw, n, inputs, hidden)
    agree(pulled_back(student, inputs, hidden, parameters, x, h, draw(n, hidden)), scale=OPERANDS)


@points(1)
@pytest.mark.parametrize("n, inputs, hidden", [(5, 3, 2), (3, 3, 3)])
def test_reset_gate_shut(student, draw, n, inputs, hidden):
    """With a reset gate of 0 the candidate does not see the state, and gates of ±10⁴ stay finite"""
    parameters, x, h = problem(draw, n, inputs, hidden)
    shut = with_gates(parameters, hidden, reset=-1e4)
    agree(pulled_back(student, inputs, hidden, shut, x, h, draw(n, hidden)), scale=OPERANDS)


@points(1)
@pytest.mark.parametrize("update", [1e4, -1e4])
def test_update_gate_at_its_ends(student, draw, update):
    """With an update gate of 1 the state is kept, with one of 0 it is replaced"""
    parameters, x, h = problem(draw, 5, 3, 2)
    settled = with_gates(parameters, 2, update=update)
    agree(pulled_back(student, 3, 2, settled, x, h, draw(5, 2)), scale=OPERANDS)


@points(1)
def test_several_steps(student, draw):
    """Five steps with one cell, and the gradient through all of them"""
    parameters, _, h = problem(draw, 3, 5, 2)
    agree(unrolled(student, 5, 2, parameters, draw(5, 3, 5), h, draw(5, 3, 2)), scale=OPERANDS)


@points(1)
@pytest.mark.parametrize("n", [5, 1])
def test_no_first_state(student, draw, n):
    """Without a state it starts from zeros, whether h is left out or None"""
    parameters, x, _ = problem(draw, n, 3, 2)
    agree(stepped(student, 3, 2, parameters, x), scale=OPERANDS)
    agree(stepped(student, 3, 2, parameters, x, None), scale=OPERANDS)
