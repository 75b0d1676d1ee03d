import torch
from torch import Tensor, distributions, nn
from torch.nn import functional as F  # noqa: N812

from cases.family import Family

draw = Family("Random draws, distributions, initializers")
draw.function(
    "draws_like",
    lambda x: [
        *(torch.rand_like(x) * x, torch.randn_like(x) * x),
        *(torch.bernoulli(x.detach().sigmoid()), torch.multinomial(x.detach().softmax(-1), 2)),
    ],
    (3, 4),
)
draw.function("permuted_rows", lambda x: x[torch.randperm(3, device=x.device)], (3, 4))
draw.function(
    "draws_on_device",
    lambda x: [
        torch.rand(3, device=x.device),
        torch.randn(3, device=x.device),
        torch.randint(0, 9, (3,), device=x.device),
        torch.normal(0.0, 1.0, (3,), device=x.device),
        torch.randint_like(x.detach(), 5),
    ],
    (3, 4),
)
draw.function("gumbel_softmax", lambda x: F.gumbel_softmax(x, hard=True), (3, 4))
draw.function("gamma", lambda x: distributions.Gamma(x.exp(), x.exp()).rsample(), (3, 4))
draw.function(
    "multivariate_normal",
    lambda x: distributions.MultivariateNormal(x, torch.eye(4, device=x.device)).rsample(),
    (3, 4),
)


def normal_sample(x: Tensor) -> list[Tensor]:
    normal = distributions.Normal(x, x.exp())
    return [normal.rsample(), normal.log_prob(x)]


def categorical_sample(x: Tensor) -> list[Tensor]:
    categorical = distributions.Categorical(logits=x)
    return [categorical.sample(), categorical.entropy()]


draw.function("normal", normal_sample, (3, 4))
draw.function("categorical", categorical_sample, (3, 4))


@draw.program
def initializers(device: str) -> list[Tensor]:
    init = nn.init
    made = []
    for initialize in (
        *(init.uniform_, init.normal_, init.ones_, init.zeros_, init.xavier_uniform_, init.xavier_normal_),
        *(init.kaiming_uniform_, init.kaiming_normal_, init.trunc_normal_, init.orthogonal_, init.eye_),
    ):
        torch.manual_seed(3)
        made.append(initialize(torch.empty(4, 4).to(device)))
    made.append(init.dirac_(torch.empty(4, 4, 3).to(device)))
    torch.manual_seed(3)
    made.append(init.sparse_(torch.empty(4, 4).to(device), 0.5))
    made.append(init.constant_(torch.empty(4, 4).to(device), 3.0))
    return made


@draw.program
def own_generator(device: str) -> list[Tensor]:
    generator = torch.Generator(device=device).manual_seed(7)
    assert generator.device.type == torch.device(device).type
    made = [
        torch.randn(3, device=device, generator=generator),
        torch.randperm(4, device=device, generator=generator),
        torch.empty(3, device=device).uniform_(generator=generator),
        torch.rand(2, generator=generator, device=device),
        torch.multinomial(torch.ones(4, device=device), 2, generator=generator),
        torch.randint(0, 9, (3,), generator=generator, device=device),
        torch.bernoulli(torch.full((3,), 0.5, device=device), generator=generator),
    ]
    state = generator.get_state()
    once = torch.randn(2, device=device, generator=generator)
    generator.set_state(state)
    assert torch.equal(once, torch.randn(2, device=device, generator=generator))
    return [*made, once]


@draw.program
def generator_of_another_device(device: str) -> list[Tensor]:
    if device == "cpu":
        return [torch.tensor(True)]
    try:
        torch.randn(3, device=device, generator=torch.Generator())
    except RuntimeError as error:
        return [torch.tensor("for generator" in str(error))]
    return [torch.tensor(False)]


factory = Family("Making tensors")
factory.function(
    "made_like",
    lambda x: [
        *(x.new_zeros(2), x.new_ones(2), x.new_full((2,), 3.0), x.new_tensor([1.0, 2.0])),
        *(torch.full_like(x, 2), torch.empty_like(x).zero_()),
    ],
    (3, 4),
)
factory.function(
    "made_on_device",
    lambda x: [
        torch.linspace(0, 1, 5, device=x.device),
        torch.logspace(0, 1, 5, device=x.device),
        torch.full((2,), 3, device=x.device),
        torch.tril_indices(3, 3, device=x.device),
        torch.hann_window(4, device=x.device),
        torch.scalar_tensor(2.0, device=x.device),
        torch.eye(3, 4, device=x.device),
    ],
    (3, 4),
)


@factory.program
def modules_made_on_device(device: str) -> list[Tensor]:
    torch.manual_seed(0)
    linear, lstm = nn.Linear(3, 4, device=device), nn.LSTM(4, 2, device=device)
    return [lstm(linear(torch.ones(2, 1, 3, device=device)))[0], *linear.parameters(), *lstm.parameters()]


@factory.program
def default_device(device: str) -> list[Tensor]:
    torch.manual_seed(0)
    with torch.device(device):
        linear, x, one = nn.Linear(3, 2), torch.ones(2, 3), torch.tensor([1.0])
        y = linear(x)
    assert x.device.type == torch.device(device).type
    torch.set_default_device(device)
    try:
        zeros = torch.zeros(2)
        assert zeros.device.type == torch.device(device).type
        torch.manual_seed(1)
        permutation = torch.randperm(5)
    finally:
        torch.set_default_device(None)
    assert torch.zeros(1).device.type == "cpu"
    return [y, one, zeros, permutation]


@factory.program
def from_numpy(device: str) -> list[Tensor]:
    import numpy as np

    return [
        torch.from_numpy(np.arange(3.0)).to(device),
        torch.as_tensor(np.arange(3), device=device),
        torch.tensor(np.ones(2), device=device),
        torch.asarray([1, 2], device=device),
    ]


@factory.program
def sparse_coo(device: str) -> list[Tensor]:
    x = torch.sparse_coo_tensor(torch.tensor([[0, 1], [1, 0]]).to(device), torch.tensor([1.0, 2.0]).to(device), (2, 2))
    return [x.to_dense(), torch.sparse.mm(x, torch.eye(2).to(device))]


@factory.program
def cpu_scalars_allowed(device: str) -> list[Tensor]:
    """Where a 0-dimensional CPU tensor, or a CPU index, may meet tensors of the device, as on CUDA."""
    x, s = torch.ones(3).to(device), torch.tensor(2.0)
    return [
        *(x * s, s - x, torch.where(x > 0, x, s), x.masked_fill(x > 0, s), x.add_(s), torch.pow(x, s), x > s),
        *(x.clamp(min=s), torch.lerp(x, x * 2, torch.tensor(0.5)), torch.maximum(x, s)),
        *(x.index_put((torch.tensor([0]).to(device),), s), x[torch.tensor(1)], torch.addcmul(x, x, s)),
    ]
