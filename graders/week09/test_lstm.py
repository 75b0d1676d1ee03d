"""lstm: several layers of long short-term memory, beside nn.LSTM."""

import pytest
import torch

from torchstone.judge import agree, exercise, fill, points, scenario

pytestmark = exercise("lstm", accelerator=2)
sizes = pytest.mark.parametrize(
    "steps, n, inputs, hidden, layers", [(3, 2, 3, 5, 1), (2, 3, 3, 2, 2), (3, 4, 4, 4, 3), (5, 1, 2, 3, 2)]
)

OPERANDS = 1.0  # sums of terms of this size, which may come near 0 by chance


def parameters(draw, inputs, hidden, layers):
    """Layer after layer: W_x, W_h and b, the gates side by side in the order i, f, o, g."""
    widths = [inputs] + [hidden] * (layers - 1)
    return [t for width in widths for t in (draw(width, 4 * hidden), draw(hidden, 4 * hidden), draw(4 * hidden))]


def state(draw, n, hidden, layers):
    """A first h and a first c; no two layers begin alike."""
    return draw(layers, n, hidden), draw(layers, n, hidden)


@scenario
def outputs(code, size, values, x, *state):
    net = code.LSTM(*size)
    fill(net, values)
    y, (h, c) = net(x, *state)
    return {"outputs": y, "h": h, "c": c}


@scenario
def gradients(code, size, values, x, state, upstream):
    net = code.LSTM(*size)
    leaves = [*fill(net, values), *(t.requires_grad_() for t in (x, *state))]
    y, (h, c) = net(x, tuple(state))
    *of_parameters, of_x, of_h, of_c = torch.autograd.grad([y, h, c], leaves, upstream, allow_unused=True)
    return {"value": y, "gradient": {"parameters": of_parameters, "x": of_x, "h": of_h, "c": of_c}}


@scenario
def in_two_parts(code, size, values, x, state, cut):
    """One module, two calls; the second goes on from the state of the first. Then the first part once more."""
    net = code.LSTM(*size)
    fill(net, values)
    first, handed_on = net(x[:cut], tuple(state))
    second, (h, c) = net(x[cut:], handed_on)
    again, _ = net(x[:cut], tuple(state))
    return {"first part": first, "second part": second, "h": h, "c": c, "first part again": again}


@points(3)
@sizes
def test_outputs(student, draw, steps, n, inputs, hidden, layers):
    """The outputs of the top layer and the last states of all layers, from given first states"""
    values = parameters(draw, inputs, hidden, layers)
    given = state(draw, n, hidden, layers)
    agree(outputs(student, (inputs, hidden, layers), values, draw(steps, n, inputs), given), scale=OPERANDS)


@points(3)
@sizes
def test_gradients(student, draw, steps, n, inputs, hidden, layers):
    """The gradient of every parameter, of the input and of the first states, from random upstream gradients"""
    values = parameters(draw, inputs, hidden, layers)
    given = state(draw, n, hidden, layers)
    upstream = draw(steps, n, hidden), *state(draw, n, hidden, layers)
    agree(gradients(student, (inputs, hidden, layers), values, draw(steps, n, inputs), given, upstream), scale=OPERANDS)


@points(1)
@pytest.mark.parametrize("steps", [1, 3])
def test_no_first_state(student, draw, steps):
    """Without first states it starts from zeros, also for a single step"""
    values, x = parameters(draw, 3, 2, 2), draw(steps, 5, 3)
    agree(outputs(student, (3, 2, 2), values, x), scale=OPERANDS)
    agree(outputs(student, (3, 2, 2), values, x, None), scale=OPERANDS)


@points(2)
def test_saturated_gates(student, draw):
    """With forget gates of 1 and input gates of 0 the cell keeps its content; shut the other way, it forgets"""
    W_x, W_h, b = parameters(draw, 3, 2, 1)
    x, given = draw(12, 3, 3), state(draw, 3, 2, 1)
    keep, forget = b.clone(), b.clone()
    keep[:2], keep[2:4] = -1e4, 1e4
    forget[:2], forget[2:4] = 1e4, -1e4
    for bias in (keep, forget):
        agree(outputs(student, (3, 2, 1), [W_x, W_h, bias], x, given), scale=OPERANDS)
    upstream = draw(12, 3, 2), *state(draw, 3, 2, 1)
    agree(gradients(student, (3, 2, 1), [W_x, W_h, keep], x, given, upstream), scale=OPERANDS)


@points(1)
def test_large_cell(student, draw):
    """A cell whose content has grown far beyond 1 puts out no more than 1"""
    W_x, W_h, b = (0.1 * v for v in parameters(draw, 3, 2, 1))
    h, c = state(draw, 5, 2, 1)
    agree(outputs(student, (3, 2, 1), [W_x, W_h, b], draw(2, 5, 3), (h, 40 * c)), scale=OPERANDS)


@points(2)
def test_state_handed_on(student, draw):
    """A sequence that is cut in two, with the state handed on, gives what the whole gives; no call remembers another"""
    values, given = parameters(draw, 3, 2, 2), state(draw, 3, 2, 2)
    agree(in_two_parts(student, (3, 2, 2), values, draw(5, 3, 3), given, 2), scale=OPERANDS)
