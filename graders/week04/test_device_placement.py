"""device_placement: a module whose constants and noise follow it to whatever device it is on.

How the generator is used is free, so the noise is judged as a sample of n = 22,865 values. Right code fails on its
spread (off by 5 % or more) with probability at most 2·exp(−n·0.0975²/4) ≤ 1e-23 (χ²: Laurent and Massart), and on its
distribution function (off by 0.028 or more) with at most 2·exp(−2·n·0.028²) ≤ 1e-15 (Dvoretzky, Kiefer, Wolfowitz,
Massart); neighbours are almost never equal. A grading makes 4 of each comparison: right code fails with a probability
below FALSE_FAILURE.
"""

import pytest
import torch

from torchstone.judge import agree, exercise, fill, points, scenario

pytestmark = exercise("device_placement", accelerator=3)
sizes = pytest.mark.parametrize("n, d, h, k", [(7, 5, 3, 2), (11, 4, 4, 4), (1, 3, 5, 2)])

ROWS, UNITS = 85, 269  # of the noise
OPERANDS = 1.0  # inputs, parameters and upstream gradients are of this size: a sum of them may come near 0 by chance
FALSE_FAILURE = 1e-14  # of right code, in a grading
FARTHEST = 0.028  # between the distribution of the noise and the normal distribution


def problem(draw, n, d, h, k):
    """x, the constants (mean, std), and the parameters W1 [h, d], b1, W2 [k, h], b2."""
    constants = draw(d), draw.uniform(d, low=0.5, high=2.0)
    return draw(n, d), constants, [draw(h, d), draw(h), draw(k, h), draw(k)]


@scenario
def assembled(code, constants, parameters):
    """The module, made on the CPU and then moved to where its parameters are."""
    mean, std = (c.cpu() for c in constants)
    net = code.StandardizedMLP(mean, std, hidden=len(parameters[0]), outputs=len(parameters[2]))
    return net, fill(net, parameters)


@scenario
def outputs_and_gradients(code, x, constants, parameters, upstream):
    net, parameters = assembled(code, constants, parameters)
    y = net(x.requires_grad_())
    return {"value": y, "gradient": torch.autograd.grad(y, [x, *parameters], upstream)}


@scenario
def moved(code, x, constants, parameters):
    """The output of a module that was made with constants in float64 and then moved to the dtype and device of x."""
    return assembled(code, [c.double() for c in constants], parameters)[0](x)


@scenario
def saved(code, constants, parameters):
    """What is saved of the constants, and how many parameters there are to train."""
    net, _ = assembled(code, constants, parameters)
    state = net.state_dict()
    return {
        "in state_dict": {name: state[name] for name in ("mean", "std") if name in state},
        "number of parameters": len(list(net.parameters())),
    }


@scenario
def restored(code, x, constants, others, parameters):
    """What a module with other constants gives, once it has loaded the state of the first."""
    first, _ = assembled(code, constants, parameters)
    second, _ = assembled(code, others, [0 * p for p in parameters])
    second.load_state_dict(first.state_dict())
    return second(x)


@scenario
def with_and_without_noise(code, x, constants, parameters, noise_std, generator, unrelated_seed):
    """Without noise, then twice with it; and whether the global random state is where it was."""
    net, _ = assembled(code, constants, parameters)
    torch.manual_seed(unrelated_seed)
    outputs = [net(x), net(x, noise_std=noise_std, generator=generator), net(x, noise_std, generator)]
    afterwards = torch.rand(8).tolist()
    torch.manual_seed(unrelated_seed)
    return outputs, afterwards, torch.rand(8).tolist()


@scenario
def without_noise(code, x, constants, parameters, generator):
    net, _ = assembled(code, constants, parameters)
    return [net(x), net(x, 0.0), net(x, noise_std=0.0, generator=generator)]


def settle(got, like):
    """Type, shape and dtype first: what follows may then be computed with."""
    agree(torch.zeros_like(got) if isinstance(got, torch.Tensor) else got, torch.zeros_like(like))


def wide_open(draw, n=ROWS, d=5, h=UNITS):
    """A network that puts out its hidden layer, all of it far above 0, so that its noise can be read off."""
    x, constants, _ = problem(draw, n, d, h, 1)
    return x, constants, [draw(h, d, scale=0.1), 40 + draw(h), torch.eye(h, dtype=x.dtype), 0 * draw(h)]


@points(1)
@sizes
def test_outputs_and_gradients(student, draw, n, d, h, k):
    """The outputs, and the gradients of the input and of every parameter; a noise of 0 is no noise"""
    x, constants, parameters = problem(draw, n, d, h, k)
    agree(outputs_and_gradients(student, x, constants, parameters, draw(n, k)), scale=OPERANDS)
    agree(without_noise(student, x, constants, parameters, draw.generator()), scale=OPERANDS)


@points(1)
def test_state(student, draw):
    """mean and std are moved, saved and loaded with the module, and are not trained"""
    x, constants, parameters = problem(draw, 7, 5, 8, 2)
    others = draw(5), draw.uniform(5, low=0.5, high=2.0)
    agree(moved(student, x, constants, parameters), scale=OPERANDS)
    agree(saved(student, constants, parameters))
    agree(restored(student, x, constants, others, parameters), scale=OPERANDS)


@points(1)
def test_noise(student, draw):
    """Noise: before the ReLU, normal, of the spread asked for, from the generator, new for every entry and call"""
    (x, constants, parameters), noise_std, generator = wide_open(draw), 0.6, draw.generator()
    (clean, noisy, noisier), after, undisturbed = with_and_without_noise(
        student, x, constants, parameters, noise_std, generator, unrelated_seed=1
    )
    for output in (clean, noisy, noisier):
        settle(output, x.new_zeros(ROWS, UNITS))
    noise = ((noisy - clean) / noise_std).double()
    spread = {"spread of the noise, relative to the one asked for": round(noise.square().mean().sqrt().item(), 1)}
    agree(spread, {"spread of the noise, relative to the one asked for": 1.0})
    assert (noise[1:] != noise[:-1]).double().mean() > 0.9, "all rows got the same noise"
    assert (noise[:, 1:] != noise[:, :-1]).double().mean() > 0.9, "all units got the same noise"
    ordered = noise.flatten().sort().values
    gap = (torch.special.ndtr(ordered) - torch.arange(len(ordered)) / len(ordered)).abs().max().item()
    assert gap < FARTHEST, "the noise is not normally distributed"
    (_, again, _), _, _ = with_and_without_noise(
        student, x, constants, parameters, noise_std, generator, unrelated_seed=2
    )
    settle(again, noisy)
    assert torch.equal(noisy, again), "the same generator, in the same state, gave other noise"
    assert not torch.equal(noisy, noisier), "two calls in a row got the same noise"
    assert after == undisturbed, "the global random state has moved"
    W1, b1, W2, b2 = parameters
    (clean, noisy, _), _, _ = with_and_without_noise(
        student, x, constants, [W1, b1 - 80, W2, b2], noise_std, generator, unrelated_seed=1
    )
    agree(noisy, clean)  # all units far below 0: the ReLU hides the noise
