"""Week 4 with two probes an exercise, on the CPU in float32: the same as `cells.py` asks in nbgrader's test cells."""

import pytest
import torch

from torchstone.judge import agree, exercise, fill, points, scenario

PROBES = 2  # whoever measures a larger battery writes another number here
probes = pytest.mark.parametrize("case", range(PROBES))


def light(name):
    return exercise(name, worlds=["float32"])


def layers(draw, d, h, k):
    return [draw(d, h), draw(h), draw(h, k), draw(k)]


def share_of_zeros(t):
    return round((t == 0).double().mean().item(), 1)


@scenario
def values_and_gradients(code, x, upstream):
    found = []
    for f in (code.ReLU, code.GELU, code.Sigmoid):
        leaf = x.clone().requires_grad_()
        y = f.apply(leaf)
        found += [y, torch.autograd.grad(y, leaf, upstream)[0]]
    return found


@scenario
def trained(code, weights, biases, gradients, lr, weight_decay):
    parameters = [p.requires_grad_() for p in [*weights, *biases]]
    for p, g in zip(parameters, gradients, strict=True):
        p.grad = g
    code.weight_decay_step(weights, biases, lr, weight_decay)
    return parameters


@scenario
def accepted_and_rejected(code, x):
    class Wrong(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.sin()

        @staticmethod
        def backward(ctx, upstream):
            return 2 * upstream * ctx.saved_tensors[0].cos()

    x = x.double()
    return [code.my_gradcheck(torch.sin, x), code.my_gradcheck(Wrong.apply, x)]


@scenario
def outputs_and_gradients(code, x, mean, std, parameters, upstream):
    net = code.StandardizedMLP(mean, std, hidden=len(parameters[0]), outputs=len(parameters[2]))
    parameters = fill(net, parameters)
    y = net(x)
    return [y, *torch.autograd.grad(y, parameters, upstream)]


@light("activations")
@points(10)
@probes
def test_activations(student, draw, case):
    """Values and gradients"""
    shape = [(7, 5), (4, 4)][case % 2]
    agree(values_and_gradients(student, draw(*shape), draw(*shape)))


@light("mlp_forward_backward")
@points(14)
@probes
def test_mlp(student, draw, case):
    """Loss, layers and gradients"""
    n, d, h, k = [(7, 5, 3, 2), (11, 4, 4, 4)][case % 2]
    agree(student.mlp_forward_backward(draw(n, d), *layers(draw, d, h, k), draw.labels(n, k)), scale=1.0)


@light("dropout")
@points(10)
@probes
def test_dropout(student, draw, case):
    """What survives in training, and evaluation"""
    p, x, generator = [0.5, 0.2][case % 2], draw.uniform(101, 101, low=0.5, high=2.0), draw.generator()
    output = student.dropout(x, p, True, generator)
    agree(torch.zeros_like(output), torch.zeros_like(x))
    agree(share_of_zeros(output), p)
    agree((output / x)[output != 0].max(), torch.tensor(1 / (1 - p)))
    agree(student.dropout(x, p, False, generator), x)


@light("weight_decay_step")
@points(8)
@probes
def test_step(student, draw, case):
    """One step"""
    lr, weight_decay = [(0.1, 0.3), (0.5, 0.01)][case % 2]
    weights, biases = [draw(5, 3), draw(4, 4)], [draw(3), draw(4)]
    agree(trained(student, weights, biases, draw.like(*weights, *biases), lr, weight_decay), scale=1.0)


@light("initialization")
@points(8)
@probes
def test_spread(student, draw, case):
    """The spread of the values"""
    t, generator = draw(149, 293), draw.generator()
    filled = student.kaiming_(t, generator) if case % 2 else student.xavier_(t, generator)
    agree(torch.zeros_like(filled), torch.zeros_like(t))
    wanted = (2 / 293) ** 0.5 if case % 2 else (2 / (149 + 293)) ** 0.5
    agree(round((filled.std() / wanted).item(), 1), 1.0)


@light("my_gradcheck")
@points(10)
@probes
def test_gradcheck(student, draw, case):
    """A right gradient is accepted, a wrong one rejected"""
    agree(accepted_and_rejected(student, draw([3, 4][case % 2], 2)))


@light("k_fold")
@points(8)
@probes
def test_folds(student, draw, case):
    """Every example once, standardised with the training part"""
    k, n, d = [(5, 20, 3), (4, 23, 3)][case % 2]
    X = draw(n, d)
    folds = student.k_fold(k, X, torch.arange(n))
    agree(torch.cat([fold[3] for fold in folds]).sort().values, torch.arange(n))
    for X_train, y_train, X_valid, y_valid in folds:
        mean, std = X[y_train].mean(0), X[y_train].std(0)
        agree(X_train, (X[y_train] - mean) / std)
        agree(X_valid, (X[y_valid] - mean) / std)


@light("label_shift_weights")
@points(8)
@probes
def test_weights(student, draw, case):
    """The weights, and the risk"""
    k = [3, 5][case % 2]
    C = 20 * (0.5 * draw.uniform(k, k) + torch.diag(draw.uniform(k, low=2.0, high=4.0)))
    agree(student.label_shift_weights(C, C @ draw.uniform(k, low=0.3, high=2.0)))
    agree(student.weighted_risk(draw.uniform(13), draw.labels(13, k), draw.uniform(k)))


@light("device_placement")
@points(6)
@probes
def test_module(student, draw, case):
    """Outputs and gradients"""
    n, d, h, k = [(7, 5, 3, 2), (11, 4, 4, 4)][case % 2]
    mean, std, parameters = draw(d), draw.uniform(d, low=0.5, high=2.0), [draw(h, d), draw(h), draw(k, h), draw(k)]
    agree(outputs_and_gradients(student, draw(n, d), mean, std, parameters, draw(n, k)), scale=1.0)
