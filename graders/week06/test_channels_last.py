"""channels_last: code that does not care about the order in memory, the dtype, or the device."""

import pytest
import torch

from torchstone.judge import agree, exercise, fill, points, scenario

pytestmark = exercise("channels_last", accelerator=3)
OPERANDS = 1.0  # inputs, parameters and upstream gradients are of this size: a sum of them may come near 0 by chance
#: Images of 2, 3 or 5 pixels: there the places are exact in binary, so that a float32 buffer is right in float64, too.
sizes = pytest.mark.parametrize(
    "n, c, h, w, hidden, outputs", [(2, 4, 5, 3, 2, 7), (2, 2, 5, 5, 5, 5), (1, 1, 2, 3, 3, 2)]
)


def problem(draw, n, c, h, w, hidden, outputs):
    """x, and the parameters of the network."""
    return draw(n, c, h, w), [
        draw(hidden, c + 2, 3, 3, scale=0.5),
        draw(hidden),
        draw(outputs, hidden * h * w, scale=0.3),
        draw(outputs),
    ]


@scenario
def laid_out(code, x, upstream):
    """The value, the strides of its longer axes, and the gradient of x."""
    x.requires_grad_()
    y = code.to_channels_last(x)
    strides = [stride for stride, length in zip(y.stride(), y.shape, strict=True) if length > 1]
    return {"value": y, "strides": strides, "gradient": torch.autograd.grad(y, x, upstream)}


@scenario
def assembled(code, x, parameters):
    """The network, made on the CPU and then moved to where its parameters are."""
    first, _, last, _ = parameters
    net = code.PlaceNet(x.shape[1], tuple(x.shape[2:]), len(first), len(last))
    return net, fill(net, parameters)


@scenario
def value_and_gradient(net, x, leaves, upstream):
    """Without the gradient where the value is not on the device of its upstream gradient: the value tells of that."""
    y = net(x.requires_grad_())
    fits = (y.shape, y.device) == (upstream.shape, upstream.device)
    return {"value": y, "gradient": torch.autograd.grad(y, [x, *leaves], upstream) if fits else None}


@scenario
def outputs_and_gradients(code, x, parameters, upstream):
    net, leaves = assembled(code, x, parameters)
    return value_and_gradient(net, x, leaves, upstream)


@scenario
def in_both_layouts(code, x, parameters, upstream):
    """Output and gradients for x as it comes, with channels last, and with those of the network last too."""
    net, leaves = assembled(code, x, parameters)
    x = x.contiguous()
    other = x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2)
    found = [value_and_gradient(net, image, leaves, upstream) for image in (x, other)]
    net.to(memory_format=torch.channels_last)
    found.append({"value": net(other)})
    return found


@scenario
def number_to_train(code, x, parameters):
    net, _ = assembled(code, x, parameters)
    return sum(parameter.numel() for parameter in net.parameters())


@points(1)
@pytest.mark.parametrize("shape", [(2, 3, 5, 7), (4, 4, 4, 4), (1, 2, 3, 1)])
def test_layout(student, draw, shape):
    """to_channels_last: the same values in another order of memory; the gradient passes"""
    agree(laid_out(student, draw(*shape), draw(*shape)))


@points(2)
@sizes
def test_outputs_and_gradients(student, draw, n, c, h, w, hidden, outputs):
    """PlaceNet: the outputs, and the gradients of the images and of every parameter"""
    x, parameters = problem(draw, n, c, h, w, hidden, outputs)
    agree(outputs_and_gradients(student, x, parameters, draw(n, outputs)), scale=OPERANDS)
    agree(number_to_train(student, x, parameters))


@points(1)
@sizes
def test_both_layouts(student, draw, n, c, h, w, hidden, outputs):
    """PlaceNet gives the same for images and parameters in either layout"""
    x, parameters = problem(draw, n, c, h, w, hidden, outputs)
    agree(in_both_layouts(student, x, parameters, draw(n, outputs)), scale=OPERANDS)
