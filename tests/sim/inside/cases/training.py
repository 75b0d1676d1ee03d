import copy
from collections.abc import Callable

import torch
from torch import Tensor, nn, optim
from torch.nn import functional as F  # noqa: N812
from torch.nn.utils import clip_grad_norm_, clip_grad_value_, parameters_to_vector

from cases.family import Family

optimizer = Family("Optimizers, schedules, clipping")


def mlp() -> nn.Module:
    return nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 2))


def optimizer_case(name: str, make: Callable[[nn.Module], optim.Optimizer], *, sparse: bool = False) -> None:
    """Four steps, the optimizer's state saved into a second one, and a step of that."""

    def program(device: str) -> list[Tensor]:
        torch.manual_seed(0)
        model = (nn.Embedding(5, 3, sparse=True) if sparse else mlp()).to(device)
        x = (torch.randint(0, 5, (6,)) if sparse else torch.randn(6, 4)).to(device)
        first = make(model)

        def closure() -> Tensor:
            model.zero_grad()
            loss = model(x).pow(2).sum()
            loss.backward()
            return loss

        for _ in range(4):
            first.step(closure)
        second = make(model)
        second.load_state_dict(copy.deepcopy(first.state_dict()))
        second.step(closure)
        where = next(model.parameters()).device
        for state in second.state.values():
            assert all(v.device == where for v in state.values() if isinstance(v, Tensor) and v.dim() > 0)
        return list(model.parameters())

    optimizer.add(name, program)


for name in (
    *("SGD", "Adam", "AdamW", "NAdam", "RAdam", "Adamax", "Adadelta", "Adagrad", "RMSprop", "Rprop", "ASGD"),
    "Adafactor",
):
    optimizer_case(name, lambda m, name=name: getattr(optim, name)(m.parameters(), lr=0.01))
optimizer_case("SGD_nesterov", lambda m: optim.SGD(m.parameters(), 0.01, 0.9, nesterov=True, weight_decay=0.1))
optimizer_case("SGD_fused", lambda m: optim.SGD(m.parameters(), 0.01, 0.9, fused=True))
optimizer_case("LBFGS", lambda m: optim.LBFGS(m.parameters()))
optimizer_case("Adam_single", lambda m: optim.Adam(m.parameters(), foreach=False))
optimizer_case("Adam_foreach", lambda m: optim.Adam(m.parameters(), foreach=True))
optimizer_case("Adam_amsgrad", lambda m: optim.Adam(m.parameters(), amsgrad=True))
optimizer_case("AdamW_fused", lambda m: optim.AdamW(m.parameters(), fused=True))
optimizer_case(
    "Adam_capturable", lambda m: optim.Adam(m.parameters(), capturable=next(m.parameters()).device.type != "cpu")
)
optimizer_case("SparseAdam", lambda m: optim.SparseAdam(m.parameters()), sparse=True)
optimizer_case("Muon", lambda m: optim.Muon([p for p in m.parameters() if p.dim() == 2]))


@optimizer.program
def schedule_clipping_averaging(device: str) -> list[Tensor]:
    torch.manual_seed(0)
    model = nn.Linear(4, 3).to(device)
    adamw = optim.AdamW(model.parameters(), 0.1)
    schedule = optim.lr_scheduler.OneCycleLR(adamw, 0.1, 10)
    average = optim.swa_utils.AveragedModel(model)
    for step in range(5):
        adamw.zero_grad(set_to_none=bool(step % 2))
        model(torch.ones(2, 4, device=device)).pow(2).sum().backward()
        norm = clip_grad_norm_(model.parameters(), 1.0)
        clip_grad_value_(model.parameters(), 0.5)
        adamw.step()
        schedule.step()
        average.update_parameters(model)
    return [*model.parameters(), *average.parameters(), norm, parameters_to_vector(model.parameters())]


precision = Family("Mixed precision and inference")


@precision.program
def autocast(device: str) -> list[Tensor]:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 4)).to(device)
    x = torch.randn(3, 8).to(device)
    with torch.autocast(torch.device(device).type, dtype=torch.bfloat16):
        y = model(x)
        loss = F.cross_entropy(y.float(), torch.tensor([0, 1, 2]).to(device))
        assert y.dtype == torch.bfloat16
        assert (x @ x.T).dtype == torch.bfloat16
    loss.backward()
    assert model[0].weight.grad.dtype == torch.float32
    return [y.float(), loss, *[p.grad for p in model.parameters()]]


@precision.program
def gradient_scaler(device: str) -> list[Tensor]:
    torch.manual_seed(0)
    model = nn.Linear(8, 4).to(device)
    sgd = optim.SGD(model.parameters(), 0.1)
    scaler = torch.amp.GradScaler(torch.device(device).type, init_scale=8.0)
    loss = model(torch.randn(3, 8).to(device)).pow(2).mean()
    scaler.scale(loss).backward()
    scaler.unscale_(sgd)
    clip_grad_norm_(model.parameters(), 1.0)
    scaler.step(sgd)
    scaler.update()
    return [*model.parameters(), torch.tensor(scaler.get_scale())]


@precision.program
def inference_mode(device: str) -> list[Tensor]:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(18, 2)).to(device).eval()
    with torch.inference_mode():
        y = model(torch.randn(2, 1, 5, 5).to(device))
        lstm = nn.LSTM(3, 2).to(device)
        z = lstm(torch.ones(2, 1, 3, device=device))[0]
        y += 1
        first = y.reshape(-1)[:2]
    return [y, z, first]
