"""packed_lengths: a GRU over a packed batch. Packing wants the lengths on the CPU, wherever the batch is."""

import pytest
import torch

from torchstone.judge import agree, exercise, fill, points, scenario

pytestmark = exercise("packed_lengths", accelerator=3)
sizes = pytest.mark.parametrize(
    "n, inputs, hidden, lengths", [(4, 5, 3, (2, 4, 1, 3)), (3, 2, 2, (3, 2, 4)), (2, 3, 3, (1, 4))]
)
STEPS = 4

OPERANDS = 1.0  # sums of terms of this size, which may come near 0 by chance


def parameters(draw, inputs, hidden):
    """As nn.GRU has them."""
    return [draw(3 * hidden, inputs), draw(3 * hidden, hidden), draw(3 * hidden), draw(3 * hidden)]


@scenario
def read(code, inputs, hidden, values, x, lengths):
    """`lengths` is a list, or a tensor that lies where x lies."""
    net = code.PackedEncoder(inputs, hidden)
    fill(net, values)
    outputs, h = net(x, lengths)
    return {"outputs": outputs, "h": h}


@scenario
def gradients(code, inputs, hidden, values, x, lengths, upstream):
    net = code.PackedEncoder(inputs, hidden)
    leaves = [*fill(net, values), x.requires_grad_()]
    outputs, h = net(x, lengths)
    *of_parameters, of_x = torch.autograd.grad([outputs, h], leaves, upstream, allow_unused=True)
    return {"value": outputs, "gradient": {"parameters": of_parameters, "x": of_x}}


@scenario
def lengths_afterwards(code, inputs, hidden, values, x, lengths):
    net = code.PackedEncoder(inputs, hidden)
    fill(net, values)
    net(x, lengths)
    return lengths


@points(1)
@pytest.mark.parametrize("n, inputs, hidden, lengths", [(4, 5, 3, (4, 4, 2, 1)), (1, 3, 2, (2,)), (3, 3, 3, (4, 4, 4))])
def test_longest_first(student, draw, n, inputs, hidden, lengths):
    """Outputs and last states, with the lengths in a tensor beside x, the longest first"""
    values, x = parameters(draw, inputs, hidden), draw(STEPS, n, inputs)
    agree(read(student, inputs, hidden, values, x, torch.tensor(lengths)), scale=OPERANDS)


@points(1)
@sizes
def test_any_order(student, draw, n, inputs, hidden, lengths):
    """Lengths in any order: outputs, last states and gradients belong to the sequences as they came"""
    values, x, counted = parameters(draw, inputs, hidden), draw(STEPS, n, inputs), torch.tensor(lengths)
    agree(read(student, inputs, hidden, values, x, counted), scale=OPERANDS)
    upstream = draw(STEPS, n, hidden), draw(n, hidden)
    agree(gradients(student, inputs, hidden, values, x, counted, upstream), scale=OPERANDS)


@points(1)
def test_shape_of_the_batch(student, draw):
    """The outputs keep all T steps, also where no sequence is that long; the lengths are not changed"""
    values, x = parameters(draw, 3, 2), draw(6, 3, 3)
    agree(read(student, 3, 2, values, x, torch.tensor([4, 2, 1])), scale=OPERANDS)
    agree(lengths_afterwards(student, 3, 2, values, x, torch.tensor([4, 2, 1])))


@points(1)
@pytest.mark.parametrize("lengths", [(4, 3, 1), (4, 4, 2)])
def test_lengths_in_a_list(student, draw, lengths):
    """The same where the lengths are a list of numbers"""
    values, x = parameters(draw, 3, 2), draw(STEPS, 3, 3)
    agree(read(student, 3, 2, values, x, list(lengths)), scale=OPERANDS)
