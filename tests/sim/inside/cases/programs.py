import copy
import io
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import prune
from torch.utils.data import DataLoader, TensorDataset

from cases.family import Family, with_gradients

model = Family("Models moved, copied, saved, loaded")


def saved(value: Any) -> io.BytesIO:
    buffer = io.BytesIO()
    torch.save(value, buffer)
    return buffer


def loaded(buffer: io.BytesIO, **how: Any) -> Any:
    buffer.seek(0)
    return torch.load(buffer, **how)


@model.program
def saved_and_loaded(device: str) -> list[Tensor]:
    torch.manual_seed(0)
    module = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3)).to(device)
    here = module[0].weight.device
    buffer = saved(module.state_dict())
    on_cpu = loaded(buffer, map_location="cpu")
    assert all(v.device.type == "cpu" for v in on_cpu.values())
    assert all(v.device == here for v in loaded(buffer).values())
    assert all(v.device == here for v in loaded(buffer, map_location=device).values())
    from_cpu = loaded(saved({k: v.cpu() for k, v in module.state_dict().items()}), map_location=device)
    assert from_cpu["0.weight"].device == here
    fresh = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3))
    fresh.load_state_dict(on_cpu)
    twin = copy.deepcopy(module)
    twin.load_state_dict(on_cpu)
    whole = loaded(saved(module), weights_only=False)
    assert isinstance(whole[0].weight, nn.Parameter)
    assert whole[0].weight.requires_grad
    return [*fresh.state_dict().values(), *twin.parameters(), *whole.parameters()]


@model.program
def deepcopied(device: str) -> list[Tensor]:
    torch.manual_seed(0)
    module = nn.Linear(3, 3).to(device)
    module.tied = module.weight
    twin = copy.deepcopy(module)
    assert twin.tied is twin.weight
    assert twin.weight is not module.weight
    with torch.no_grad():
        twin.weight.add_(1)
    assert isinstance(twin.weight, nn.Parameter)
    return [module.weight, twin.weight]


@model.program
def moved_to_and_fro(device: str) -> list[Tensor]:
    torch.manual_seed(0)
    module = nn.Linear(3, 3).to(device)
    weight = module.weight
    module.double()
    assert module.weight is weight
    module.half().float()
    module.cpu()
    assert module.weight.device.type == "cpu"
    assert type(module.weight) is nn.Parameter
    module.to(device)
    module.requires_grad_(False)
    assert not module.weight.requires_grad
    module.weight.requires_grad_()
    return [module.weight]


@model.program
def parameter_containers(device: str) -> list[Tensor]:
    torch.manual_seed(0)

    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.listed = nn.ParameterList([torch.randn(3) for _ in range(2)])
            self.named = nn.ParameterDict({"a": nn.Parameter(torch.randn(3))})
            self.register_buffer("offset", torch.arange(3.0))
            self.register_buffer("nothing", None)

        def forward(self, x: Tensor) -> Tensor:
            return x * self.listed[0] + self.listed[1] * self.named["a"] + self.offset

    module = Model().to(device)
    x = torch.randn(2, 3).to(device)
    module.listed.append(nn.Parameter(torch.ones(3, device=device)))
    parameters = list(module.parameters())
    return [*with_gradients(module(x), parameters), torch.tensor(len(parameters))]


@model.program
def pruned(device: str) -> list[Tensor]:
    torch.manual_seed(0)
    module = nn.Linear(4, 3).to(device)
    prune.l1_unstructured(module, "weight", 0.5)
    return [module(torch.ones(1, 4, device=device)), module.weight_mask]


python = Family("Tensors in Python programs")


@python.program
def as_python_values(device: str) -> list[Tensor]:
    x = torch.arange(6.0).reshape(2, 3).to(device)
    assert all(("device" in text) == (device != "cpu") for text in (repr(x), str(x)))
    assert f"{x[0, 1]:.2f}" == "1.00"
    assert len(x) == x.size(0) == 2
    assert [len(row) for row in x] == [3, 3]
    assert x.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert x[1, 2].item() == int(x[1, 2]) == 5
    assert bool(x[0, 1])
    assert 5.0 in x
    assert [1, 2, 3][x[0, 1].long()] == 2
    assert (x.numel(), x.dim(), x.dtype, x.stride()) == (6, 2, torch.float32, (3, 1))
    assert x.is_leaf
    assert x.element_size() == 4
    assert isinstance(hash(x), int)
    first, second = x
    return [
        *(first, second, x.mT, x.T, torch.tensor(float(x.sum())), x.data, x.clone(), torch.as_tensor(x)),
        *(x.detach().clone(), torch.zeros_like(x)),
    ]


@python.program
def data_assigned(device: str) -> list[Tensor]:
    x = torch.ones(3).to(device).requires_grad_()
    x.data = torch.zeros(4).to(device)
    x.data.add_(1)
    x.data[0] = 5
    y = x * 2
    y.sum().backward()
    x.grad.zero_()
    x.grad = None
    return [x, y]


def small_dataset() -> TensorDataset:
    return TensorDataset(torch.arange(12.0).reshape(6, 2), torch.arange(6))


@python.program
def data_loader(device: str) -> list[Tensor]:
    batches = DataLoader(small_dataset(), 2)
    return [t.to(device, non_blocking=True) for batch in batches for t in batch]


@python.program
def data_loader_with_a_worker(device: str) -> list[Tensor]:
    return [t.to(device) for batch in DataLoader(small_dataset(), 2, num_workers=1) for t in batch]
