"""Thirty modules without a device mistake, some of which look as if they had one."""

import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812
from torch.utils.checkpoint import checkpoint
from wrong import Model, class_ids

RIGHT: list[type[Model]] = []


def right(cls: type[Model]) -> type[Model]:
    RIGHT.append(cls)
    return cls


@right
class Buffer(Model):
    def setup(self):
        self.register_buffer("positions", torch.randn(1, 8, 4))

    def forward(self, x):
        return self.fc(x + self.positions[:, : x.shape[1]])


@right
class UnsavedBuffer(Model):
    def setup(self):
        self.register_buffer("allowed", torch.tril(torch.ones(8, 8)).bool(), persistent=False)

    def forward(self, x):
        length = x.shape[1]
        scores = (x @ x.mT).masked_fill(~self.allowed[:length, :length], float("-inf"))
        return self.fc(scores.softmax(-1) @ x)


@right
class DeviceArgument(Model):
    def setup(self):
        self.rnn = nn.GRU(4, 4, batch_first=True)

    def forward(self, x):
        return self.fc(self.rnn(x, torch.zeros(1, x.shape[0], 4, device=x.device))[0])


@right
class NewZeros(Model):
    def setup(self):
        self.rnn = nn.LSTM(4, 4, batch_first=True)

    def forward(self, x):
        zeros = x.new_zeros(1, x.shape[0], 4)
        return self.fc(self.rnn(x, (zeros, zeros))[0])


@right
class ZerosLike(Model):
    def forward(self, x):
        return self.fc(torch.where(x > 0, x, torch.zeros_like(x)))


@right
class TypeAs(Model):
    def forward(self, x):
        return self.fc(x + torch.ones(4).type_as(x))


@right
class ToTheInput(Model):
    def forward(self, x):
        return self.fc(x + torch.ones(4).to(x))


@right
class CpuScalars(Model):
    def forward(self, x):
        return self.fc(x * torch.tensor(2.0) / torch.tensor(3.0).sqrt())


@right
class CpuScalarAttribute(Model):
    def setup(self):
        self.scale = torch.tensor(0.5)

    def forward(self, x):
        return self.fc(x * self.scale)


@right
class PythonMath(Model):
    def forward(self, x):
        return self.fc((x @ x.mT / math.sqrt(4)).softmax(-1) @ x)


@right
class NumpyScalars(Model):
    def forward(self, x):
        return self.fc(x * float(np.sqrt(2.0)) + np.float32(0.5))


@right
class ModuleList(Model):
    def setup(self):
        self.layers = nn.ModuleList([nn.Linear(4, 4) for _ in range(2)])

    def forward(self, x):
        for layer in self.layers:
            x = layer(x).relu()
        return self.fc(x)


@right
class ParameterList(Model):
    def setup(self):
        self.weights = nn.ParameterList([torch.randn(4) for _ in range(2)])

    def forward(self, x):
        return self.fc(x * self.weights[0] + self.weights[1])


@right
class LengthsOnCpu(Model):
    def setup(self):
        self.rnn = nn.LSTM(4, 4, batch_first=True)

    def forward(self, x):
        packed = nn.utils.rnn.pack_padded_sequence(x, torch.tensor([5, 3]), batch_first=True)
        return self.fc(nn.utils.rnn.pad_packed_sequence(self.rnn(packed)[0], batch_first=True)[0])


@right
class CpuIndex(Model):
    def forward(self, x):
        return self.fc(x[:, torch.tensor([2, 0, 1])])


@right
class ListIndex(Model):
    def forward(self, x):
        return self.fc(x[:, [2, 0, 1]])


@right
class ArangeOnDevice(Model):
    def setup(self):
        self.embedding = nn.Embedding(8, 4)

    def forward(self, x):
        return self.fc(x + self.embedding(torch.arange(x.shape[1], device=x.device)))


@right
class LossWithBuffer(Model):
    def inputs(self):
        return torch.randn(6, 4), torch.tensor([0, 1, 2, 0, 1, 2])

    def setup(self):
        self.loss = nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 3.0]), label_smoothing=0.1)

    def forward(self, x, target):
        return self.loss(self.fc(x), target)


@right
class NoiseLikeInput(Model):
    def forward(self, x):
        return self.fc(x + 0.1 * torch.randn_like(x))


@right
class OneHot(Model):
    def inputs(self):
        return (class_ids(),)

    def forward(self, ids):
        return self.fc(F.one_hot(ids, 4).float())


@right
class LazyBuffer(Model):
    def setup(self):
        self.register_buffer("scale", None)

    def forward(self, x):
        if self.scale is None or self.scale.device != x.device:
            self.scale = torch.arange(4.0, device=x.device)
        return self.fc(x * self.scale)


class GatedReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx, upstream):
        (x,) = ctx.saved_tensors
        return upstream * (x > 0).to(upstream.dtype)


@right
class OwnFunction(Model):
    def forward(self, x):
        return GatedReLU.apply(self.fc(x))


@right
class Convolutional(Model):
    def inputs(self):
        return (torch.randn(2, 1, 8, 8),)

    def setup(self):
        self.body = nn.Sequential(
            nn.Conv2d(1, 4, 3),
            nn.BatchNorm2d(4),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(36, 4),
            nn.Dropout(0.5),
        )

    def forward(self, x):
        return self.fc(self.body(x))


@right
class Transformer(Model):
    def setup(self):
        layer = nn.TransformerEncoderLayer(4, 2, 8, batch_first=True, dropout=0.0)
        self.encoder = nn.TransformerEncoder(layer, 2)

    def forward(self, x):
        mask = nn.Transformer.generate_square_subsequent_mask(5, device=x.device)
        return self.fc(self.encoder(x, mask=mask, is_causal=True))


@right
class TiedWeights(Model):
    def inputs(self):
        return (torch.tensor([[0, 1, 2]]),)

    def setup(self):
        self.embedding = nn.Embedding(6, 4)
        self.head = nn.Linear(4, 6, bias=False)
        self.head.weight = self.embedding.weight

    def forward(self, ids):
        return self.head(self.embedding(ids))


@right
class Checkpointed(Model):
    def setup(self):
        self.first = nn.Linear(4, 4)

    def forward(self, x):
        return self.fc(checkpoint(lambda z: self.first(z).relu(), x, use_reentrant=False))


@right
class WrittenStepByStep(Model):
    def forward(self, x):
        result = torch.empty(x.shape[0], x.shape[1], 3, device=x.device)
        for t in range(x.shape[1]):
            result[:, t] = self.fc(x[:, t])
        return result


@right
class AssignedScalars(Model):
    def forward(self, x):
        weights = torch.ones(5, 5, device=x.device)
        weights[0, 1] = 0.0
        weights[2] = torch.tensor(3.0)
        weights[weights > 2] = torch.tensor(1.5)
        return self.fc((x @ x.mT * weights) @ x)


@right
class ArithmeticOnTheSide(Model):
    def forward(self, x):
        length = int(torch.linspace(0, 4, 3)[1])
        weight = torch.ones(3).softmax(0).sum().item()
        return self.fc(x[:, :length]) * weight


@right
class Heads(Model):
    def setup(self):
        self.weight = nn.Parameter(torch.randn(2, 4, 2))

    def forward(self, x):
        q = torch.einsum("bti,hij->bhtj", x, self.weight)
        attended = F.scaled_dot_product_attention(q, q, q, is_causal=True)
        return self.fc(attended.transpose(1, 2).reshape(*x.shape))
