"""Thirty modules with one device mistake each, as students make them.

The line with the mistake ends in a comment, `mistake`. `REFUSED` are stopped by the device; `SILENT` run, and only the
log or the result's device shows that something is off.
"""

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

REFUSED: list[type["Model"]] = []
SILENT: list[type["Model"]] = []


def refused(cls: type["Model"]) -> type["Model"]:
    REFUSED.append(cls)
    return cls


def silent(cls: type["Model"]) -> type["Model"]:
    SILENT.append(cls)
    return cls


class Model(nn.Module):
    """What they share: a linear layer `fc` from 4 to 3 features, and inputs of shape (2, 5, 4)."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 3)
        self.setup()

    def setup(self) -> None: ...

    def inputs(self) -> tuple[Tensor, ...]:
        return (torch.randn(2, 5, 4),)


def class_ids() -> Tensor:
    return torch.tensor([0, 1, 3])


@refused
class PlainAttribute(Model):
    def setup(self):
        self.positions = torch.randn(1, 5, 4)  # mistake

    def forward(self, x):
        return self.fc(x + self.positions)


@refused
class HiddenState(Model):
    def setup(self):
        self.rnn = nn.GRU(4, 4, batch_first=True)

    def forward(self, x):
        h = torch.zeros(1, x.shape[0], 4)  # mistake
        return self.fc(self.rnn(x, h)[0])


@refused
class HiddenStates(Model):
    def setup(self):
        self.rnn = nn.LSTM(4, 4, batch_first=True)

    def forward(self, x):
        zeros = torch.zeros(1, x.shape[0], 4)  # mistake
        return self.fc(self.rnn(x, (zeros, zeros))[0])


@refused
class CausalMask(Model):
    def forward(self, x):
        allowed = torch.tril(torch.ones(5, 5)).bool()  # mistake
        scores = (x @ x.mT).masked_fill(~allowed, -1e9)
        return self.fc(scores.softmax(-1) @ x)


@refused
class AdditiveMask(Model):
    def forward(self, x):
        mask = torch.full((5, 5), -1e9).triu(1)  # mistake
        return self.fc((x @ x.mT + mask).softmax(-1) @ x)


@refused
class Positions(Model):
    def setup(self):
        self.embedding = nn.Embedding(8, 4)

    def forward(self, x):
        positions = torch.arange(x.shape[1])  # mistake
        return self.fc(x + self.embedding(positions))


@refused
class PythonList(Model):
    def setup(self):
        self.layers = [nn.Linear(4, 4) for _ in range(2)]  # mistake

    def forward(self, x):
        for layer in self.layers:
            x = layer(x).relu()
        return self.fc(x)


@refused
class PlainWeight(Model):
    def setup(self):
        self.weight = torch.randn(4, 4, requires_grad=True)  # mistake

    def forward(self, x):
        return self.fc(x @ self.weight)


@refused
class LossWeight(Model):
    def inputs(self):
        return torch.randn(6, 4), torch.tensor([0, 1, 2, 0, 1, 2])

    def forward(self, x, target):
        weight = torch.tensor([1.0, 2.0, 3.0])  # mistake
        return F.cross_entropy(self.fc(x), target, weight=weight)


@refused
class FromNumpy(Model):
    def forward(self, x):
        return self.fc(x * torch.from_numpy(np.ones(4, dtype="float32")))  # mistake


@refused
class Noise(Model):
    def forward(self, x):
        return self.fc(x + 0.1 * torch.randn(x.shape))  # mistake


@refused
class Accumulator(Model):
    def forward(self, x):
        total = torch.zeros(x.shape[0], 4)  # mistake
        for t in range(x.shape[1]):
            total = total + x[:, t]
        return self.fc(total)


@refused
class Concatenated(Model):
    def forward(self, x):
        start = torch.zeros(x.shape[0], 1, 4)  # mistake
        return self.fc(torch.cat([start, x], 1))


@refused
class NamesTheCpu(Model):
    def forward(self, x):
        return self.fc(x * torch.ones(4, device="cpu"))  # mistake


@refused
class ThroughNumpy(Model):
    def forward(self, x):
        positive = np.maximum(x.detach().numpy(), 0)  # mistake
        return self.fc(torch.tensor(positive))


@refused
class DefaultArgument(Model):
    def forward(self, x, scale=torch.ones(4)):  # noqa: B008 mistake
        return self.fc(x * scale)


@refused
class ClassAttribute(Model):
    mean = torch.tensor([0.1, 0.2, 0.3, 0.4])  # mistake

    def forward(self, x):
        return self.fc(x - self.mean)


class MaskedReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx: Any, upstream: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        mask = torch.zeros(x.shape)  # mistake
        mask[x.cpu() > 0] = 1
        return upstream * mask


@refused
class BackwardOnly(Model):
    def forward(self, x):
        return MaskedReLU.apply(self.fc(x))


@refused
class IdentityRows(Model):
    def inputs(self):
        return (class_ids(),)

    def forward(self, ids):
        return self.fc(torch.eye(4)[ids])  # mistake


@refused
class ScatteredInto(Model):
    def inputs(self):
        return (class_ids(),)

    def forward(self, ids):
        one_hot = torch.zeros(3, 4)  # mistake
        return self.fc(one_hot.scatter(1, ids[:, None], 1.0))


@refused
class WhereZero(Model):
    def forward(self, x):
        return self.fc(torch.where(x > 0, x, torch.zeros(x.shape)))  # mistake


@refused
class CachedMask(Model):
    cache: dict[int, Tensor] = {}  # noqa: RUF012

    def forward(self, x):
        length = x.shape[1]
        if length not in self.cache:
            self.cache[length] = torch.tril(torch.ones(length, length))  # mistake
        return self.fc((x @ x.mT * self.cache[length]) @ x)


@refused
class FixedKernel(Model):
    def forward(self, x):
        kernel = torch.tensor([[[1.0, 2.0, 1.0]]]).repeat(5, 1, 1)  # mistake
        return self.fc(F.conv1d(x, kernel, padding=1, groups=5))


@refused
class LateParameter(Model):
    def forward(self, x):
        if not hasattr(self, "gain"):
            self.gain = nn.Parameter(torch.ones(4))  # mistake
        return self.fc(x * self.gain)


@refused
class RemembersDevice(Model):
    def setup(self):
        self.device = self.fc.weight.device

    def forward(self, x):
        return self.fc(x + torch.zeros(4, device=self.device))  # mistake


@silent
class RoundTrip(Model):
    def forward(self, x):
        return self.fc(x.cpu().sort(-1)[0].to(x.device))  # mistake


@silent
class ReturnsCpu(Model):
    def forward(self, x):
        return self.fc(x).cpu()  # mistake


@silent
class ItemLoop(Model):
    def forward(self, x):
        return self.fc(x) * max(x[i, 0, 0].item() for i in range(x.shape[0]))  # mistake


@silent
class ThroughAList(Model):
    def forward(self, x):
        return self.fc(torch.tensor(x.detach().tolist(), device=x.device))  # mistake


@silent
class WrittenIntoCpu(Model):
    def forward(self, x):
        result = torch.zeros(x.shape[0], 3, device=x.device)
        rows = torch.zeros(x.shape[0], 3)
        for b in range(x.shape[0]):
            rows[b] = self.fc(x[b]).mean(0).detach()  # mistake
        result[:] = rows
        return result + self.fc(x).sum(1)
