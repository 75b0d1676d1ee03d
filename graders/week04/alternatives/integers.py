# written with integers: draws are whole numbers, folds are index arithmetic, labels are counted

# %% dropout
def dropout(x, p, training, generator):
    if not training:
        return x
    coins = torch.randint(2**53, x.shape, generator=generator)
    kept = (coins >= round(p * 2**53)).to(x.device)
    return torch.where(kept, x, 0) / (1 if p == 1 else 1 - p)


# %% initialization
def uniform_numbers(shape, generator):
    """Midpoints of 2⁵² equal parts of (0, 1): neither 0 nor 1 is among them."""
    return (torch.randint(2**52, shape, generator=generator).double() + 0.5) / 2**52


@torch.no_grad()
def xavier_(t, generator):
    fan_out, fan_in = len(t), t.flatten(1).shape[1]
    fan_out *= fan_in // t.shape[1]
    a = (6 / (fan_in + fan_out)) ** 0.5
    return t.copy_(a * (2 * uniform_numbers(t.shape, generator) - 1))


@torch.no_grad()
def kaiming_(t, generator):
    """The inverse of the distribution function makes normal numbers of uniform ones."""
    sigma = (2 / t.flatten(1).shape[1]) ** 0.5
    return t.copy_(sigma * torch.special.ndtri(uniform_numbers(t.shape, generator)))


# %% k_fold
from itertools import pairwise


def k_fold(k, X, y):
    n = len(X)
    edges = [n * fold // k for fold in range(k + 1)]
    folds = []
    for start, end in pairwise(edges):
        numbers = torch.arange(n - (end - start), device=X.device)
        rest = numbers + (end - start) * (numbers >= start)  # jump over the part that validates
        fit = X.index_select(0, rest)
        mean = fit[0] + (fit - fit[0]).mean(0)  # exact where all rows are alike
        std = ((fit - mean) ** 2).sum(0).div(max(len(fit) - 1, 1)) ** 0.5
        std = std + (std == 0)
        folds.append(((fit - mean) / std, y.index_select(0, rest), (X[start:end] - mean) / std, y[start:end].clone()))
    return folds


# %% label_shift_weights
def label_shift_weights(C, mu):
    """Least squares by CᵀC with a pseudo-inverse, in the counts themselves: the sums come in at the end."""
    counts, predicted = C.double(), mu.double()
    w = torch.linalg.pinv(counts.T @ counts, rtol=1e-13, hermitian=True) @ (counts.T @ predicted)
    w = torch.maximum(w, w.new_zeros(()))
    return (w * counts.sum() / (counts.sum(0) * w).sum()).to(C.dtype)


def weighted_risk(losses, y, w):
    per_class = torch.zeros_like(w).index_add(0, y, losses)
    return (per_class * w).sum() / y.numel()
