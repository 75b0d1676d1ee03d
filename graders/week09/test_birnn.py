"""birnn: a recurrent layer that reads a padded batch in both directions, beside a packed nn.RNN."""

import pytest
import torch

from torchstone.judge import agree, exercise, fill, points, scenario

pytestmark = exercise("birnn", accelerator=2)
sizes = pytest.mark.parametrize(
    "n, inputs, hidden, lengths", [(4, 5, 3, (3, 5, 1, 4)), (3, 2, 2, (2, 4, 3)), (1, 3, 2, (2,)), (2, 3, 3, (3, 3))]
)
STEPS = 5  # longer than the longest sequence of most probes

OPERANDS = 1.0  # sums of terms of this size, which may come near 0 by chance


def parameters(draw, inputs, hidden):
    """W_x, W_h, b of the forward direction, then of the backward one."""
    return [draw(*shape) for shape in [(inputs, hidden), (hidden, hidden), (hidden,)] * 2]


@scenario
def read(code, inputs, hidden, values, x, lengths):
    net = code.BiRNN(inputs, hidden)
    fill(net, values)
    return net(x, lengths)


@scenario
def gradients(code, inputs, hidden, values, x, lengths, upstream):
    net = code.BiRNN(inputs, hidden)
    leaves = [*fill(net, values), x.requires_grad_()]
    outputs, h = net(x, lengths)
    *of_parameters, of_x = torch.autograd.grad([outputs, h], leaves, upstream, allow_unused=True)
    return {"value": outputs, "gradient": {"parameters": of_parameters, "x": of_x}}


@points(3)
@sizes
def test_outputs(student, draw, n, inputs, hidden, lengths):
    """The outputs of both directions, in the order of time, and 0 at padding"""
    outputs, _ = read(student, inputs, hidden, parameters(draw, inputs, hidden), *batch(draw, n, inputs, lengths))
    agree(outputs, scale=OPERANDS)


def batch(draw, n, inputs, lengths):
    return draw(STEPS, n, inputs), torch.tensor(lengths)


@points(2)
@sizes
def test_last_states(student, draw, n, inputs, hidden, lengths):
    """The last state of each direction: the forward one at the last real step, then the backward one at step 0"""
    _, h = read(student, inputs, hidden, parameters(draw, inputs, hidden), *batch(draw, n, inputs, lengths))
    agree(h, scale=OPERANDS)


@points(3)
@sizes
def test_gradients(student, draw, n, inputs, hidden, lengths):
    """The gradient of every parameter and of the input, from random upstream gradients; none at padding"""
    values, (x, counted) = parameters(draw, inputs, hidden), batch(draw, n, inputs, lengths)
    upstream = draw(STEPS, n, 2 * hidden), draw(2, n, hidden)
    agree(gradients(student, inputs, hidden, values, x, counted, upstream), scale=OPERANDS)


@points(2)
def test_padding(student, draw):
    """What stands in the padding has no influence, however large it is"""
    values, (x, lengths) = parameters(draw, 3, 2), batch(draw, 4, 3, (2, 5, 1, 4))
    padding = (torch.arange(STEPS)[:, None] >= lengths)[:, :, None]
    agree(read(student, 3, 2, values, x.masked_fill(padding, 1e4), lengths), scale=OPERANDS)
    agree(read(student, 3, 2, values, x.masked_fill(padding, 0.0), lengths), scale=OPERANDS)


@points(1)
def test_single_steps(student, draw):
    """Sequences of one step, among padding and without any"""
    values, x = parameters(draw, 3, 2), draw(4, 3, 3)
    agree(read(student, 3, 2, values, x, torch.tensor([1, 1, 1])), scale=OPERANDS)
    agree(read(student, 3, 2, values, x[:1], torch.tensor([1, 1, 1])), scale=OPERANDS)


@points(1)
def test_two_batches(student, draw):
    """A second batch with other lengths, and the lengths are not changed"""
    values = parameters(draw, 2, 3)
    first, second = draw(4, 3, 2), draw(6, 2, 2)
    agree(both(student, 2, 3, values, first, torch.tensor([4, 1, 3]), second, torch.tensor([2, 5])), scale=OPERANDS)


@scenario
def both(code, inputs, hidden, values, first, first_lengths, second, second_lengths):
    """Two batches through one module, and the lengths afterwards."""
    net = code.BiRNN(inputs, hidden)
    fill(net, values)
    results = [net(first, first_lengths), net(second, second_lengths)]
    return results, first_lengths, second_lengths
