from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd import forward_ad, functional
from torch.utils.checkpoint import checkpoint
from torch.utils.flop_counter import FlopCounterMode

from cases.family import Family, with_gradients

gradient = Family("Gradients: own functions, higher orders, transforms, hooks")


class ScaledSquare(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, k: float) -> Tensor:
        ctx.save_for_backward(x)
        ctx.k = k
        return x * x * k

    @staticmethod
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor, None]:
        (x,) = ctx.saved_tensors
        return upstream * 2 * x * ctx.k, None


class DoubledInPlace(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> tuple[Tensor, Tensor]:
        ctx.mark_dirty(x)
        x.mul_(2)
        y = x.exp()
        ctx.mark_non_differentiable(y)
        return x, y

    @staticmethod
    def backward(ctx: Any, upstream: Tensor, _: Tensor) -> Tensor:
        return upstream * 2


class SigmoidOfOutput(torch.autograd.Function):
    @staticmethod
    def forward(x: Tensor) -> Tensor:
        return x.sigmoid()

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Tensor) -> None:
        ctx.save_for_backward(output)

    @staticmethod
    def backward(ctx: Any, upstream: Tensor) -> Tensor:
        (y,) = ctx.saved_tensors
        return upstream * y * (1 - y)


gradient.function("own_function", lambda x: ScaledSquare.apply(x, 3.0), (3, 4))
gradient.function("own_function_in_place", lambda x: DoubledInPlace.apply(x * 1), (3, 4))
gradient.function("own_function_saves_output", SigmoidOfOutput.apply, (3, 4))


def second_order(name: str, make: Callable[[], nn.Module], shape: tuple[int, ...]) -> None:
    """A gradient's gradient, as in a gradient penalty."""

    def program(device: str) -> list[Tensor]:
        torch.manual_seed(0)
        x = torch.randn(*shape).to(device).requires_grad_()
        module = make().to(device)
        output = module(x)
        output = output[0] if isinstance(output, tuple) else output
        (first,) = torch.autograd.grad(output.pow(2).sum(), x, create_graph=True)
        penalty = ((first.flatten(1).norm(dim=1) - 1) ** 2).mean()
        penalty.backward()
        return [first, penalty] + [p.grad for p in module.parameters() if p.grad is not None]

    gradient.add(name, program)


second_order("penalty_mlp", lambda: nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 1)), (3, 4))
second_order("penalty_lstm", lambda: nn.LSTM(4, 5), (3, 2, 4))
second_order("penalty_gru", lambda: nn.GRU(4, 5), (3, 2, 4))
second_order("penalty_conv", lambda: nn.Sequential(nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3), nn.SiLU()), (1, 2, 5, 5))


def sine_of_linear(device: str) -> tuple[Callable[[Tensor], Tensor], Tensor]:
    torch.manual_seed(0)
    matrix, x = torch.randn(3, 4).to(device), torch.randn(4).to(device)
    return lambda x: (matrix @ x).sin(), x


@gradient.program
def autograd_functional(device: str) -> list[Tensor]:
    f, x = sine_of_linear(device)
    return [
        functional.jacobian(f, x),
        functional.hessian(lambda x: f(x).sum(), x),
        functional.vjp(f, x, torch.ones(3).to(device))[1],
        functional.jvp(f, x, torch.ones(4).to(device))[1],
        functional.jacobian(f, x, vectorize=True),
    ]


@gradient.program
def function_transforms(device: str) -> list[Tensor]:
    f, x = sine_of_linear(device)
    return [
        torch.func.grad(lambda x: f(x).sum())(x),
        torch.func.vjp(f, x)[1](torch.ones(3).to(device))[0],
        torch.func.jacrev(f)(x),
        torch.func.jacfwd(f)(x),
        torch.func.hessian(lambda x: f(x).sum())(x),
        torch.func.jvp(f, (x,), (torch.ones(4).to(device),))[1],
    ]


@gradient.program
def vmap(device: str) -> list[Tensor]:
    torch.manual_seed(0)
    x, w = torch.randn(5, 4).to(device), torch.randn(4, 4).to(device)
    return [
        torch.vmap(lambda a: (a @ w).softmax(-1))(x),
        torch.vmap(torch.func.grad(lambda a: (a @ w).pow(2).sum()))(x),
        torch.vmap(torch.dot)(x, x),
    ]


@gradient.program
def gradients_per_sample(device: str) -> list[Tensor]:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.Linear(18, 2)).to(device)
    images = torch.randn(4, 1, 5, 5).to(device)
    weights = {name: p.detach() for name, p in model.named_parameters()}

    def loss(weights: dict[str, Tensor], image: Tensor) -> Tensor:
        return torch.func.functional_call(model, weights, (image[None],)).pow(2).sum()

    return list(torch.vmap(torch.func.grad(loss), (None, 0))(weights, images).values())


@gradient.program
def forward_mode(device: str) -> list[Tensor]:
    with forward_ad.dual_level():
        x = forward_ad.make_dual(torch.ones(3).to(device), torch.arange(3.0).to(device))
        return [forward_ad.unpack_dual(x.exp()).tangent]


@gradient.program
def gradcheck(device: str) -> list[Tensor]:
    x = torch.rand(3, dtype=torch.float64).to(device).requires_grad_()
    return [torch.tensor(torch.autograd.gradcheck(lambda x: ScaledSquare.apply(x, 2.0).sum(), (x,)))]


def checkpointed(name: str, reentrant: bool) -> None:
    def program(device: str) -> list[Tensor]:
        torch.manual_seed(0)
        model = nn.Sequential(nn.Linear(4, 5), nn.Dropout(0.5), nn.ReLU()).to(device)
        x = torch.randn(3, 4).to(device).requires_grad_()
        return with_gradients(checkpoint(model, x, use_reentrant=reentrant), [x, *model.parameters()])

    gradient.add(name, program)


checkpointed("checkpoint", reentrant=False)
checkpointed("checkpoint_reentrant", reentrant=True)


@gradient.program
def hooks(device: str) -> list[Tensor]:
    torch.manual_seed(0)
    linear, seen = nn.Linear(3, 2).to(device), []
    linear.register_forward_hook(lambda module, inputs, output: seen.append(output))
    linear.register_full_backward_hook(lambda module, inputs, outputs: seen.append(outputs[0]))
    x = torch.ones(2, 3, device=device, requires_grad=True)
    x.register_hook(lambda grad: grad * 2)
    y = linear(x)
    y.retain_grad()
    y.sum().backward()
    return [x.grad, y.grad, *[s.detach() for s in seen]]


@gradient.program
def accumulated(device: str) -> list[Tensor]:
    torch.manual_seed(0)
    linear = nn.Linear(3, 2).to(device)
    x = torch.ones(2, 3).to(device)
    for _ in range(3):
        linear(x).sum().backward()
    linear.zero_grad(set_to_none=False)
    linear(x).pow(2).sum().backward()
    return [p.grad for p in linear.parameters()]


@gradient.program
def flops_counted(device: str) -> list[Tensor]:
    torch.manual_seed(0)
    linear, counter = nn.Linear(4, 3).to(device), FlopCounterMode(display=False)
    with counter:
        y = linear(torch.ones(2, 4, device=device))
        y.sum().backward()
    return [torch.tensor(counter.get_total_flops()), y]
