"""What weeks 1 to 12 build, as whole programs.

Single layers and operators have cases of their own; here they work together, as in an exercise.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from cases.family import Family, integers, with_gradients


def hessian_vector(x: Tensor, v: Tensor) -> Tensor:
    (slope,) = torch.autograd.grad((x**3).sum() + x.prod(), x, create_graph=True)
    return torch.autograd.grad(slope, x, v, create_graph=True)[0]


basics = Family("Weeks 1 to 4: vectors, probability, perceptrons")
basics.function("pairwise_distances", lambda x, y: (x**2).sum(1)[:, None] - 2 * x @ y.T + (y**2).sum(1), (5, 3), (4, 3))
basics.function("jacobian", lambda x: torch.autograd.functional.jacobian(lambda t: t.sin() * t.sum(), x), (4,))
basics.function("jacobian_by_columns", torch.func.jacrev(lambda t: t.exp() * t[0]), (3,))
basics.function("hessian_vector_product", hessian_vector, (4,), (4,))
basics.function(
    "missing_values",
    lambda x: [x.where(x > -0.5, math.nan).nanmean(0), x.where(x > -0.5, math.nan).isnan().sum(0)],
    (6, 3),
)
basics.function("log_sum_exp", lambda x: (x - x.amax(1, keepdim=True)).exp().sum(1).log() + x.amax(1), (3, 4))
basics.function(
    "gaussian_log_density",
    lambda x, mean, root: torch.distributions.MultivariateNormal(mean, root @ root.T + torch.eye(3).to(x)).log_prob(x),
    (5, 3),
    (3,),
    (3, 3),
)
basics.function("entropy", lambda x: -torch.special.xlogy(x.softmax(1), x.softmax(1)).sum(1), (3, 4))
basics.function(
    "divergence", lambda p, q: F.kl_div(q.log_softmax(1), p.log_softmax(1), log_target=True), (3, 4), (3, 4)
)
basics.function("projection", lambda a, b: a @ torch.linalg.lstsq(a, b).solution, (5, 2), (5, 1))
basics.function("log_determinant", lambda a: torch.linalg.slogdet(a @ a.T + torch.eye(3).to(a)), (3, 5))
basics.function("class_counts", lambda y: [torch.bincount(y, minlength=6), F.one_hot(y, 6).sum(0)], integers(9))
basics.function("weighted_risk", lambda losses, w: w[torch.tensor([0, 2, 1, 1])] * losses, (4,), (3,))


@basics.program
def power_iteration(device: str) -> list[Tensor]:
    torch.manual_seed(0)
    root, v = torch.randn(4, 4).to(device), torch.randn(4).to(device)
    a = (root @ root.T).requires_grad_()
    for _ in range(5):
        v = a @ v
        v = v / v.norm()
    return with_gradients(v @ a @ v, [a])


@basics.program
def monte_carlo(device: str) -> list[Tensor]:
    generator = torch.Generator(device).manual_seed(3)
    points = torch.rand(100, 2, generator=generator, device=device)
    inside = (points.square().sum(1) < 1).float()
    return [4 * inside.mean(), inside.var()]


building = Family("Weeks 5 to 7: modules, normalization, residual networks")


class Rounded(torch.autograd.Function):
    """Straight through: rounds, and lets the gradient pass where the input is small."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.round()

    @staticmethod
    def backward(ctx, upstream):
        (x,) = ctx.saved_tensors
        return upstream * (x.abs() <= 1)


class Normalized(nn.Module):
    """Batch normalization by hand, with its running statistics."""

    def __init__(self) -> None:
        super().__init__()
        self.gain, self.shift = nn.Parameter(torch.ones(3)), nn.Parameter(torch.zeros(3))
        self.register_buffer("mean", torch.zeros(3))
        self.register_buffer("variance", torch.ones(3))

    def forward(self, x: Tensor) -> Tensor:
        mean, variance = x.mean((0, 2, 3)), x.var((0, 2, 3), correction=0)
        with torch.no_grad():
            self.mean.lerp_(mean, 0.1)
            self.variance.mul_(0.9).add_(0.1 * variance)
        x = (x - mean[:, None, None]) / torch.sqrt(variance[:, None, None] + 1e-5)
        return x * self.gain[:, None, None] + self.shift[:, None, None]


class Residual(nn.Module):
    """Two convolutions beside a projection, and dense features after them."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Conv2d(3, 4, 3, padding=1, stride=2), nn.Conv2d(4, 4, 3, padding=1)
        self.norms = nn.ModuleList([nn.BatchNorm2d(4), nn.GroupNorm(2, 4)])
        self.skip = nn.Conv2d(3, 4, 1, stride=2)
        self.branches = nn.ModuleList([nn.Conv2d(4, 2, 1), nn.Sequential(nn.MaxPool2d(3, 1, 1), nn.Conv2d(4, 3, 1))])

    def forward(self, x: Tensor) -> Tensor:
        y = self.norms[0](self.first(x)).relu_()
        y = (self.norms[1](self.second(y)) + self.skip(x)).relu()
        return torch.cat([y, *(branch(y) for branch in self.branches)], dim=1)


building.function("straight_through", Rounded.apply, (4, 3))
building.module("batch_norm_by_hand", Normalized, (4, 3, 5, 5))
building.module("residual_network", Residual, (2, 3, 7, 7))
building.module("residual_network_eval", Residual, (2, 3, 7, 7), train=False)


@building.program
def moving_average_of_weights(device: str) -> list[Tensor]:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4)).to(device)
    average = torch.optim.swa_utils.AveragedModel(
        model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.9), use_buffers=True
    )
    adam = torch.optim.Adam(model.parameters(), lr=0.1)
    x = torch.linspace(-1, 1, 12).reshape(4, 3).to(device)
    for _ in range(3):
        adam.zero_grad()
        model(x).square().sum().backward()
        adam.step()
        average.update_parameters(model)
    return [*average.parameters(), *average.buffers()]


@building.program
def convolution_and_norm_fused(device: str) -> list[Tensor]:
    torch.manual_seed(0)
    convolution, norm = nn.Conv2d(2, 3, 3).to(device), nn.BatchNorm2d(3).to(device)
    x = torch.randn(2, 2, 5, 5).to(device)
    norm(convolution(x))
    fused = torch.nn.utils.fuse_conv_bn_eval(convolution.eval(), norm.eval())
    return [fused(x), norm(convolution(x))]


language = Family("Weeks 8 to 10: sequences and attention")
language.function("tokens_shifted", lambda y: [y[:, :-1], y[:, 1:], torch.roll(y, 1, 0)], integers(3, 6))
language.function(
    "embedding_by_rows",
    lambda w, up: torch.zeros_like(w).index_add(0, torch.tensor([1, 3, 1]).to(w.device), up),
    (5, 2),
    (3, 2),
)
language.function("perplexity", lambda x: torch.exp(F.cross_entropy(x, torch.tensor([1, 0, 2]).to(x.device))), (3, 4))
language.function(
    "kernel_regression", lambda q, k, v, w: F.softmax(-(((q[:, None] - k) * w) ** 2), 1) @ v, (5,), (7,), (7,), (1,)
)
language.function(
    "additive_attention",
    lambda q, k, v, w: torch.einsum("bqk,bkd->bqd", (torch.tanh(q[:, :, None] + k[:, None]) @ w).softmax(-1), v),
    (2, 3, 4),
    (2, 5, 4),
    (2, 5, 6),
    (4,),
)


def positions(x: Tensor) -> Tensor:
    """Sines and cosines (Vaswani et al., 2017), added to x [batch, time, width]."""
    time = torch.arange(x.shape[1], device=x.device)[:, None]
    angle = time / 10_000 ** (torch.arange(0, x.shape[2], 2, device=x.device) / x.shape[2])
    table = torch.zeros(x.shape[1:], device=x.device)
    table[:, 0::2], table[:, 1::2] = angle.sin(), angle.cos()[:, : x.shape[2] // 2]
    return x + table


def masked_softmax(x: Tensor) -> Tensor:
    lengths = torch.tensor([2, 5, 0], device=x.device)
    real = torch.arange(x.shape[2], device=x.device) < lengths[:, None, None]
    return x.masked_fill(~real, -math.inf).softmax(-1).nan_to_num(0.0) * real


language.function("positional_encoding", positions, (2, 6, 4))
language.function("masked_softmax", masked_softmax, (3, 2, 5))


@language.program
def truncated_backpropagation(device: str) -> list[Tensor]:
    torch.manual_seed(0)
    cell, head = nn.RNNCell(2, 3).to(device), nn.Linear(3, 1).to(device)
    h, x = torch.zeros(4, 3, device=device), torch.randn(6, 4, 2).to(device)
    for t, x_t in enumerate(x):
        h = cell(x_t, h)
        head(h).square().mean().backward(retain_graph=True)
        if t % 2:
            h = h.detach()
    norm = nn.utils.clip_grad_norm_([*cell.parameters(), *head.parameters()], 0.5)
    return [norm, h, *(p.grad for p in cell.parameters())]


@language.program
def sampled_text(device: str) -> list[Tensor]:
    torch.manual_seed(0)
    table, token, said = torch.randn(5, 5).to(device), torch.tensor([0], device=device), []
    for _ in range(8):
        token = torch.multinomial((table[token] / 0.7).softmax(-1), 1).squeeze(1)
        said.append(token)
    return [torch.cat(said)]


@language.program
def beam(device: str) -> list[Tensor]:
    torch.manual_seed(0)
    table = torch.randn(5, 5).log_softmax(1).to(device)
    tokens, total = torch.zeros(1, 1, dtype=torch.long, device=device), torch.zeros(1, device=device)
    for _ in range(4):
        scores = (total[:, None] + table[tokens[:, -1]]).flatten()
        total, best = scores.topk(min(3, len(scores)))
        tokens = torch.cat([tokens[best // 5], (best % 5)[:, None]], dim=1)
    return [tokens, total]


@language.program
def decoding_with_a_cache(device: str) -> list[Tensor]:
    torch.manual_seed(0)
    attention = nn.MultiheadAttention(4, 2, batch_first=True).to(device)
    x = torch.randn(2, 5, 4).to(device)
    causal = torch.ones(5, 5, dtype=torch.bool, device=device).triu(1)
    whole = attention(x, x, x, attn_mask=causal)[0]
    steps = [attention(x[:, t : t + 1], x[:, : t + 1], x[:, : t + 1])[0] for t in range(5)]
    return [*with_gradients(whole, list(attention.parameters())), torch.cat(steps, 1)]


def simplex(v: Tensor) -> Tensor:
    ordered = v.sort(1, descending=True).values
    thresholds = (ordered.cumsum(1) - 1) / torch.arange(1, v.shape[1] + 1, device=v.device)
    k = (ordered > thresholds).sum(1, keepdim=True)
    return (v - thresholds.gather(1, k - 1)).clamp(min=0)


computing = Family("Weeks 11 and 12: optimizers by hand, performance")


class ByHand(torch.optim.Optimizer):
    """Adam as students write it."""

    def __init__(self, parameters):
        super().__init__(parameters, {"lr": 0.1})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                state = self.state[p]
                if not state:
                    state.update(t=0, m=torch.zeros_like(p), v=torch.zeros_like(p))
                state["t"] += 1
                state["m"].mul_(0.9).add_(p.grad, alpha=0.1)
                state["v"].mul_(0.99).addcmul_(p.grad, p.grad, value=0.01)
                p.addcdiv_(
                    state["m"] / (1 - 0.9 ** state["t"]),
                    (state["v"] / (1 - 0.99 ** state["t"])).sqrt() + 1e-8,
                    value=-0.1,
                )


def trained(device: str, make: Callable[[nn.Module], torch.optim.Optimizer], accumulate: int = 1) -> list[Tensor]:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1)).to(device)
    optimizer, x = make(model), torch.linspace(-1, 1, 24).reshape(8, 3).to(device)
    for _ in range(3):
        optimizer.zero_grad()
        for part in x.chunk(accumulate):
            (model(part).square().sum() / len(x)).backward()
        optimizer.step()
    return list(model.parameters())


computing.add("optimizer_by_hand", lambda device: trained(device, lambda m: ByHand(m.parameters())))
computing.add(
    "gradients_accumulated", lambda device: trained(device, lambda m: torch.optim.SGD(m.parameters(), 0.1), 4)
)
computing.function("projection_on_the_simplex", simplex, (4, 5))
computing.function("minibatch_noise", lambda g: torch.cov(g.T, correction=0) * (6 - 2) / (6 - 1) / 2, (6, 3))


@computing.program
def gradients_of_each_example(device: str) -> list[Tensor]:
    torch.manual_seed(0)
    model = nn.Linear(3, 2).to(device)
    parameters = {k: v.detach() for k, v in model.named_parameters()}

    def loss(p: dict[str, Tensor], x: Tensor) -> Tensor:
        return torch.func.functional_call(model, p, (x[None],)).square().sum()

    each = torch.func.vmap(torch.func.grad(loss), (None, 0))(parameters, torch.randn(5, 3).to(device))
    return list(each.values())


@computing.program
def a_scaled_loss(device: str) -> list[Tensor]:
    torch.manual_seed(0)
    model = nn.Linear(3, 2).to(device)
    sgd = torch.optim.SGD(model.parameters(), 0.1)
    for x in torch.randn(3, 4, 3).to(device):
        sgd.zero_grad()
        (model(x).square().mean() * 8.0).backward()
        for p in model.parameters():
            p.grad.div_(8.0)
        if torch.stack([p.grad.isfinite().all() for p in model.parameters()]).all():
            sgd.step()
    return list(model.parameters())


@computing.program
def ring_all_reduce(device: str) -> list[Tensor]:
    torch.manual_seed(0)
    parts = [list(torch.randn(7).to(device).tensor_split(3)) for _ in range(3)]
    for step in range(2):  # every worker hands one part on, which is added to
        for w in range(3):
            at = (w - step) % 3
            parts[(w + 1) % 3][at] = parts[(w + 1) % 3][at] + parts[w][at]
    for step in range(2):  # the sums go round
        for w in range(3):
            at = (w + 1 - step) % 3
            parts[(w + 1) % 3][at] = parts[w][at].clone()
    return [torch.cat(p) for p in parts]
