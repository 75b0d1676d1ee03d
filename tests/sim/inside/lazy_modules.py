"""Lazy modules, moved to the device before their first forward gives their parameters a shape."""

import copy
import io
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn.parameter import UninitializedBuffer, UninitializedParameter, is_lazy

from torchstone.sim import Births, explain, fault_of, watch

Make = Callable[..., nn.Module]

LAYERS: dict[str, tuple[Make, tuple[int, ...]]] = {
    "linear": (lambda **kwargs: nn.LazyLinear(3, **kwargs), (4, 5)),
    "convolution": (lambda **kwargs: nn.LazyConv2d(3, 2, **kwargs), (4, 2, 5, 5)),
    "transposed convolution": (lambda **kwargs: nn.LazyConvTranspose1d(3, 2, **kwargs), (4, 2, 5)),
    "batch norm": (nn.LazyBatchNorm1d, (4, 5)),
    "batch norm of images": (nn.LazyBatchNorm2d, (4, 2, 5, 5)),
    "instance norm": (
        lambda **kwargs: nn.LazyInstanceNorm2d(affine=True, track_running_stats=True, **kwargs),
        (4, 2, 5, 5),
    ),
}

WAYS: dict[str, Callable[[Make], nn.Module]] = {
    "made there": lambda make: make(device="sim"),
    "moved": lambda make: make().to("sim"),
    "moved twice": lambda make: make().to("sim").to("sim"),
    "moved there and back and there": lambda make: make().to("sim").to("cpu").to("sim"),
    "moved, of another type meanwhile": lambda make: make().double().to("sim").float(),
}


def ones(*shape: int) -> Tensor:
    return torch.ones(*shape, device="sim")


def tensors(model: nn.Module) -> list[Tensor]:
    return [*model.parameters(), *model.buffers()]


def step(make: Callable[[], nn.Module], shape: tuple[int, ...], device: str) -> list[Tensor]:
    """The output of the first forward, the gradients, and the state after one step."""
    torch.manual_seed(3)
    model = nn.Sequential(make(), nn.Flatten(), nn.LazyLinear(2, device=device))
    x = torch.randn(shape, generator=torch.Generator().manual_seed(1)).to(device)
    result = model(x)
    sgd = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9)
    result.pow(2).sum().backward()
    sgd.step()
    return [result, *(p.grad for p in model.parameters() if p.grad is not None), *model.state_dict().values()]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("layer", LAYERS)
def test_the_first_step_is_the_cpus(layer: str, way: str) -> None:
    make, shape = LAYERS[layer]
    got = step(lambda: WAYS[way](make), shape, "sim")
    wanted = step(make, shape, "cpu")
    for mine, theirs in zip(got, wanted, strict=True):
        assert mine.device == torch.device("sim", 0)
        torch.testing.assert_close(mine.detach().cpu(), theirs.detach())


@pytest.mark.parametrize("way", WAYS)
def test_a_moved_module_is_still_lazy_and_says_where_it_is(way: str) -> None:
    layer = WAYS[way](nn.LazyBatchNorm1d)
    assert layer.has_uninitialized_params()
    assert {tensor.device for tensor in tensors(layer)} == {torch.device("sim", 0)}
    assert (type(layer.weight).__name__, repr(layer.weight)) == ("UninitializedParameter", "<UninitializedParameter>")
    assert isinstance(layer.weight, UninitializedParameter)
    assert layer.weight.requires_grad
    assert str(layer.running_mean) == "<UninitializedBuffer>"
    assert isinstance(layer.running_mean, UninitializedBuffer)
    layer(ones(2, 3))
    assert type(layer) is nn.BatchNorm1d
    assert isinstance(layer.weight, nn.Parameter)
    assert repr(layer.weight).startswith("Parameter containing:\ntensor([1., 1., 1.], device='sim:0'")


def test_parameters_stay_the_objects_they_are() -> None:
    """An optimizer may hold them, two layers may share one."""
    first, second = nn.LazyLinear(3, bias=False), nn.LazyLinear(3, bias=False)
    second.weight = first.weight
    weight, sgd = first.weight, torch.optim.SGD(first.parameters(), 1.0)
    model = nn.Sequential(first, second)
    model.to("sim")
    assert first.weight is second.weight is weight
    model.to("cpu").to("sim")
    model(ones(2, 3)).sum().backward()
    assert first.weight is second.weight is weight
    before = weight.detach().clone()
    sgd.step()
    assert not torch.equal(weight, before)


def test_moved_back_it_is_torchs_own_again() -> None:
    layer = nn.LazyBatchNorm1d(device="sim").to("cpu")
    assert type(layer.weight) is UninitializedParameter
    assert type(layer.running_var) is UninitializedBuffer
    assert layer(torch.ones(2, 3)).device.type == "cpu"
    assert nn.LazyLinear(3, device="sim").to("meta").weight.device.type == "meta"


def test_the_default_device() -> None:
    with torch.device("sim"):
        layer = nn.LazyLinear(3)
    assert layer(ones(2, 3)).device.type == "sim"


def test_a_deepcopy_is_lazy_and_lies_there() -> None:
    layer = nn.LazyLinear(3, dtype=torch.float64).to("sim")
    twin = copy.deepcopy(layer)
    assert is_lazy(twin.weight)
    assert twin(ones(2, 3).double()).dtype == torch.float64
    assert is_lazy(layer.weight)


# What has no shape yet is refused as on the CPU ---------------------------------------------------------------------

USES: dict[str, Callable[[Tensor], object]] = {
    "shape": lambda tensor: tensor.shape,
    "sum": lambda tensor: tensor + 1,
    "numel": lambda tensor: tensor.numel(),
    "numpy": lambda tensor: tensor.numpy(),
    "tolist": lambda tensor: tensor.tolist(),
    "storage": lambda tensor: tensor.untyped_storage(),
    "address": lambda tensor: tensor.data_ptr(),
    "shared memory": lambda tensor: tensor.share_memory_(),
    "deepcopy of a buffer": lambda tensor: copy.deepcopy(nn.LazyBatchNorm1d(device=tensor.device).running_mean),
}


@pytest.mark.parametrize("use", USES)
def test_other_uses_are_refused_in_the_same_words(use: str) -> None:
    words = []
    for device in ("cpu", "sim"):
        for name in ("weight", "running_mean"):
            with pytest.raises((ValueError, RuntimeError)) as caught:
                USES[use](getattr(nn.LazyBatchNorm1d(device=device), name))
            words.append(str(caught.value))
    assert words[:2] == words[2:]


# States -------------------------------------------------------------------------------------------------------------


def initialized() -> nn.Module:
    layer = nn.LazyBatchNorm1d()
    layer(torch.randn(4, 3))
    return layer


def test_a_state_is_loaded_after_the_move() -> None:
    source, layer = initialized(), nn.LazyBatchNorm1d().to("sim")
    layer.load_state_dict(source.state_dict())
    assert {tensor.device.type for tensor in tensors(layer)} == {"sim"}
    for mine, theirs in zip(tensors(layer), tensors(source), strict=True):
        assert torch.equal(mine.cpu(), theirs)
    x = torch.randn(4, 3)
    torch.testing.assert_close(layer(x.to("sim")).cpu(), source(x))


@pytest.mark.parametrize(("here", "there"), [("cpu", "sim"), ("sim", "cpu"), ("sim", "sim")])
def test_the_state_of_a_lazy_module_is_loaded_into_a_lazy_module(here: str, there: str) -> None:
    source, layer = nn.LazyBatchNorm1d(device=here), nn.LazyBatchNorm1d(device=there)
    layer.load_state_dict(source.state_dict())
    assert layer.has_uninitialized_params()
    assert layer(torch.ones(2, 3, device=there)).device.type == there


def test_a_lazy_state_is_saved_as_on_every_device() -> None:
    buffer = io.BytesIO()
    torch.save(nn.LazyBatchNorm1d().to("sim").state_dict(), buffer)
    buffer.seek(0)
    state = torch.load(buffer, weights_only=False)
    assert type(state["weight"]) is UninitializedParameter
    assert type(state["running_mean"]) is UninitializedBuffer
    assert state["num_batches_tracked"].device.type == "sim"


# The log and the faults ---------------------------------------------------------------------------------------------


def test_the_move_is_logged() -> None:
    with watch() as log:
        layer = nn.LazyLinear(3).to("sim")  # up
        layer.cpu()  # down
    assert [(move.to, move.shape) for move in log.moves] == [("device", (0,))] * 2 + [("cpu", (0,))] * 2
    assert [move.place.code.rpartition("# ")[2] for move in log.moves if move.place] == ["up", "up", "down", "down"]


@pytest.mark.parametrize("layer", LAYERS)
def test_inputs_on_another_device_are_refused(layer: str) -> None:
    make, shape = LAYERS[layer]
    for model, x in ((make().to("sim"), torch.ones(shape)), (make(), ones(*shape))):
        with pytest.raises(RuntimeError) as caught:
            model(x)
        fault = fault_of(caught.value)
        assert fault is not None
        assert fault.strangers


class InPlainList(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.LazyLinear(4) for _ in range(2)]  # mistake

    def forward(self, x):
        for layer in self.layers:
            x = layer(x).relu()
        return x


class MadeInForward(nn.Module):
    def forward(self, x):
        layer = nn.LazyLinear(4)  # mistake
        return layer(x)


class BesideAnUninitialized(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.LazyLinear(4)

    def forward(self, x):
        weight = self.fc.weight
        mask = torch.ones(x.shape)  # mistake
        return self.fc(x * mask), weight


class InsideAnOperation(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.LazyLinear(4)

    def forward(self, x):
        weight = self.fc.weight
        mixing = torch.ones(x.shape[1], 4)  # mistake
        return self.fc(torch.einsum("ij,jk->ik", x, mixing)), weight


class OwnLazyModule(nn.modules.lazy.LazyModuleMixin, nn.Module):
    def __init__(self):
        super().__init__()
        self.weight, self.bias = UninitializedParameter(), UninitializedParameter()
        self.scale = torch.rand(3)  # mistake

    def initialize_parameters(self, x):
        with torch.no_grad():
            self.weight.materialize(x.shape[1:])
            self.weight.copy_(x[0] * self.scale)
            self.bias.materialize(x.shape[1:])

    def forward(self, x):
        return x * self.weight + self.bias


WRONG = {
    InPlainList: "Let `layer.bias` move with the model: keep layers",
    MadeInForward: "Give `layer` `device=x.device`",
    BesideAnUninitialized: "Give `mask` `device=x.device`",
    InsideAnOperation: "Give `mixing` `device=x.device`",
    OwnLazyModule: "Register `self.scale` as a buffer",
}


@pytest.mark.parametrize("cls", WRONG)
def test_a_wrong_module_is_refused_with_its_line_and_its_advice(cls: type[nn.Module]) -> None:
    with Births(), pytest.raises(RuntimeError) as caught:
        cls().to("sim")(ones(2, 3))
    explanation = explain(caught.value)
    assert explanation is not None
    assert explanation.cause is not None
    assert explanation.cause.code.endswith("# mistake"), explanation
    assert explanation.text.startswith(WRONG[cls])


@pytest.mark.parametrize("cls", [BesideAnUninitialized, InsideAnOperation])
def test_it_is_named_without_an_explaining_run(cls: type[nn.Module]) -> None:
    with pytest.raises(RuntimeError) as caught:
        cls().to("sim")(ones(2, 3))
    explanation = explain(caught.value)
    assert explanation is not None
    assert explanation.text.startswith(WRONG[cls])


def test_a_right_module_is_right_in_an_explaining_run() -> None:
    with Births(), watch() as log:
        model = nn.Sequential(nn.LazyLinear(3), nn.LazyBatchNorm1d(), nn.ReLU()).double().to("sim")
        model(ones(2, 3).double()).sum().backward()
    assert not log.faults
