"""What weeks 13 and 14 build, and what students reach for in explorations, as whole programs."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from cases.family import Family

vision = Family("Week 13: boxes, masks, styles")


def intersection_over_union(a: Tensor, b: Tensor) -> Tensor:
    a, b = (torch.cat([box[:, :2], box[:, :2] + box[:, 2:].abs()], 1) for box in (a, b))
    low, high = torch.maximum(a[:, None, :2], b[:, :2]), torch.minimum(a[:, None, 2:], b[:, 2:])
    shared = (high - low).clamp(min=0).prod(-1)
    areas = [(box[:, 2:] - box[:, :2]).prod(1) for box in (a, b)]
    return shared / (areas[0][:, None] + areas[1] - shared)


def anchors(x: Tensor) -> Tensor:
    height, width = x.shape[-2:]
    rows, columns = torch.meshgrid(
        (torch.arange(height, device=x.device) + 0.5) / height,
        (torch.arange(width, device=x.device) + 0.5) / width,
        indexing="ij",
    )
    centres = torch.stack([columns, rows], -1).reshape(-1, 1, 2)
    sides = torch.tensor([[0.5, 0.25], [0.25, 0.5]], device=x.device)
    return torch.cat([centres - sides / 2, centres + sides / 2], -1).flatten(0, 1)


def suppressed(boxes: Tensor, scores: Tensor) -> Tensor:
    left, kept = scores.argsort(descending=True), []
    overlap = intersection_over_union(boxes, boxes)
    while len(left):
        kept.append(left[0])
        left = left[1:][overlap[left[0], left[1:]] <= 0.3]
    return torch.stack(kept)


def assigned(boxes: Tensor, truth: Tensor) -> list[Tensor]:
    overlap = intersection_over_union(boxes, truth)
    best, which = overlap.max(1)
    which = which.where(best > 0.2, -1)
    which[overlap.argmax(0)] = torch.arange(len(truth), device=boxes.device)
    return [which, best]


def box_loss(logits: Tensor, offsets: Tensor) -> Tensor:
    labels = torch.tensor([0, 2, 0, 1], device=logits.device)
    positive = labels > 0
    shift = F.smooth_l1_loss(offsets[positive], torch.zeros_like(offsets[positive]), reduction="sum")
    return (F.cross_entropy(logits, labels, reduction="sum") + shift) / positive.sum().clamp(min=1)


def mean_overlap(logits: Tensor) -> Tensor:
    wanted = (torch.arange(12, device=logits.device) % 4).reshape(3, 4)
    table = torch.bincount((logits.argmax(0) * 4 + wanted).flatten(), minlength=16).reshape(4, 4).float()
    return table.diagonal() / (table.sum(0) + table.sum(1) - table.diagonal()).clamp(min=1)


def style(image: Tensor) -> list[Tensor]:
    flat = image.flatten(1)
    variation = (image[:, 1:] - image[:, :-1]).abs().mean() + (image[:, :, 1:] - image[:, :, :-1]).abs().mean()
    return [flat @ flat.T / flat.numel(), variation]


vision.function("intersection_over_union", intersection_over_union, (4, 4), (3, 4))
vision.function("anchors", anchors, (1, 3, 2, 3))
vision.function("suppression", suppressed, (6, 4), (6,))
vision.function("assignment", assigned, (6, 4), (2, 4))
vision.function("box_loss", box_loss, (4, 3), (4, 4))
vision.function("mean_overlap", mean_overlap, (4, 3, 4))
vision.function("style", style, (3, 5, 6))
vision.function(
    "augmented", lambda x: [x.flip(-1), x[..., 1:4, 2:5], x.rot90(1, (-2, -1)), x.roll((1, -1), (-2, -1))], (2, 3, 5, 6)
)


@vision.program
def fine_tuned(device: str) -> list[Tensor]:
    torch.manual_seed(0)
    body, head = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2)).to(device), nn.Linear(2, 3).to(device)
    body.eval().requires_grad_(False)
    sgd = torch.optim.SGD([p for p in [*body.parameters(), *head.parameters()] if p.requires_grad], 0.1)
    F.cross_entropy(
        head(body(torch.randn(4, 1, 6, 6).to(device)).mean((2, 3))), torch.arange(4, device=device) % 3
    ).backward()
    sgd.step()
    return [*body.buffers(), *head.parameters()]


def laplacian(like: Tensor) -> Tensor:
    return like.new_tensor([[[[0, 1, 0], [1, -4, 1], [0, 1, 0]]]])


generating = Family("Week 14 and explorations: GAN, VAE, diffusion, graphs, reinforcement")


@generating.program
def adversaries(device: str) -> list[Tensor]:
    torch.manual_seed(0)
    make, judge = (
        nn.Linear(2, 2).to(device),
        nn.Sequential(nn.Linear(2, 4), nn.LeakyReLU(0.2), nn.Linear(4, 1)).to(device),
    )
    makers, judges = torch.optim.Adam(make.parameters(), 0.05), torch.optim.Adam(judge.parameters(), 0.05)
    for _ in range(3):
        real, z = torch.randn(6, 2).to(device) + 2, torch.randn(6, 2, device=device)
        judges.zero_grad()
        loss = F.softplus(-judge(real)).mean() + F.softplus(judge(make(z).detach())).mean()
        loss.backward()
        judges.step()
        makers.zero_grad()
        F.softplus(-judge(make(z))).mean().backward()
        makers.step()
    return [*make.parameters(), *judge.parameters()]


def penalty(x: Tensor, w: Tensor) -> Tensor:
    (slope,) = torch.autograd.grad((x @ w).tanh().sum(), x, create_graph=True)
    return ((slope.norm(dim=1) - 1) ** 2).mean()


def discrepancy(x: Tensor, y: Tensor) -> Tensor:
    kernel = [torch.exp(-(torch.cdist(a, b) ** 2)) for a, b in ((x, x), (y, y), (x, y))]
    n = len(x)
    return (kernel[0].sum() - kernel[0].trace()) / (n * (n - 1)) + kernel[1].mean() - 2 * kernel[2].mean()


class Variational(nn.Module):
    """An autoencoder that draws its code (Kingma and Welling, 2014); gives reconstruction and divergence."""

    def __init__(self) -> None:
        super().__init__()
        self.encode, self.decode = nn.Linear(4, 6), nn.Linear(3, 4)

    def forward(self, x: Tensor) -> list[Tensor]:
        mean, logarithm = self.encode(x).chunk(2, 1)
        code = torch.distributions.Normal(mean, (0.5 * logarithm).exp()).rsample()
        divergence = -0.5 * (1 + logarithm - mean**2 - logarithm.exp()).sum(1)
        return [F.binary_cross_entropy_with_logits(self.decode(code), x.sigmoid()), divergence]


class Denoiser(nn.Module):
    """One step of training a diffusion model (Ho et al., 2020)."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("kept", torch.cumprod(1 - torch.linspace(1e-4, 0.2, 10), 0))
        self.time, self.net = nn.Embedding(10, 4), nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        t = torch.randint(0, 10, (len(x),), device=x.device)
        noise, kept = torch.randn_like(x), self.kept[t][:, None]
        return F.mse_loss(self.net(kept.sqrt() * x + (1 - kept).sqrt() * noise + self.time(t)), noise)


class Graph(nn.Module):
    """Messages along edges: summed, averaged, the largest; and attention over the neighbours."""

    def __init__(self) -> None:
        super().__init__()
        self.message, self.score = nn.Linear(3, 3), nn.Linear(6, 1)

    def forward(self, x: Tensor) -> list[Tensor]:
        source = torch.tensor([0, 1, 2, 3, 3, 1], device=x.device)
        target = torch.tensor([1, 2, 0, 0, 1, 0], device=x.device)
        sent, n = self.message(x)[source], len(x)
        index = target[:, None].expand_as(sent)
        summed = torch.zeros_like(x).index_add(0, target, sent)
        mean = summed / torch.bincount(target, minlength=n).clamp(min=1)[:, None]
        largest = torch.zeros_like(x).scatter_reduce(0, index, sent, "amax", include_self=False)
        score = F.leaky_relu(self.score(torch.cat([x[source], x[target]], 1))).squeeze(1)
        weight = score.exp() / torch.zeros(n, device=x.device).scatter_add(0, target, score.exp())[target]
        adjacency = torch.zeros(n, n, device=x.device).index_put((target, source), torch.ones(6, device=x.device), True)
        degree = adjacency.sum(1).clamp(min=1).rsqrt()
        return [
            mean,
            largest,
            torch.zeros_like(x).index_add(0, target, sent * weight[:, None]),
            degree[:, None] * adjacency @ x,
        ]


@generating.program
def policy_gradient(device: str) -> list[Tensor]:
    torch.manual_seed(0)
    policy = nn.Linear(3, 2).to(device)
    chosen = torch.distributions.Categorical(logits=policy(torch.randn(6, 3).to(device)))
    actions = chosen.sample()
    returns = (actions == 0).float().flip(0).cumsum(0).flip(0)
    advantage = (returns - returns.mean()) / (returns.std() + 1e-6)
    (-(chosen.log_prob(actions) * advantage).mean() - 0.01 * chosen.entropy().mean()).backward()
    return [actions, *(p.grad for p in policy.parameters())]


@generating.program
def action_values(device: str) -> list[Tensor]:
    torch.manual_seed(0)
    values, target = nn.Linear(3, 2).to(device), nn.Linear(3, 2).to(device)
    target.load_state_dict(values.state_dict())
    state, after = torch.randn(2, 5, 3).to(device)
    action, over = torch.tensor([0, 1, 1, 0, 1], device=device), torch.tensor([0.0, 0, 1, 0, 1], device=device)
    with torch.no_grad():
        wanted = 1 + 0.9 * target(after).amax(1) * (1 - over)
    F.huber_loss(values(state).gather(1, action[:, None]).squeeze(1), wanted).backward()
    with torch.no_grad():
        for slow, fast in zip(target.parameters(), values.parameters(), strict=True):
            slow.lerp_(fast + fast.grad, 0.05)
    return list(target.parameters())


def clipped(ratio: Tensor, advantage: Tensor) -> Tensor:
    ratio = ratio.exp()
    return torch.min(ratio * advantage, ratio.clamp(0.8, 1.2) * advantage).mean()


generating.function("gradient_penalty", penalty, (5, 3), (3,))
generating.function("discrepancy", discrepancy, (5, 2), (4, 2))
generating.module("variational_autoencoder", Variational, (5, 4))
generating.module("denoiser", Denoiser, (5, 4))
generating.module("graph_network", Graph, (4, 3))
generating.function("clipped_policy", clipped, (6,), (6,))
generating.function(
    "reaction", lambda u: u + 0.1 * F.conv2d(u[None, None], laplacian(u), padding=1)[0, 0] - u**3, (6, 6)
)
