"""Independent oracles: torch.optim and its schedulers, singular values, bisection, enumeration, sums over a history."""

import itertools
import math

import numpy as np
import torch
from torch.optim import SGD, Adadelta, Adam, AdamW, Optimizer
from torch.utils._pytree import tree_map_only

__all__ = ["SGD", "Adadelta", "Adam", "AdamW"]


# ---- gd_newton ------------------------------------------------------------------------------------------------------


def gradient_descent(grad, x, lr, steps):
    rows = [x]
    while len(rows) <= steps:
        rows.append(torch.sub(rows[-1], grad(rows[-1]), alpha=lr))
    return torch.stack(rows)


def newton(grad, hess, x, steps, lr=1.0, absolute=False):
    """Through singular values: H = U·S·Vᵀ has the inverse V·S⁻¹·Uᵀ, and |H| = V·S·Vᵀ, its polar factor."""
    rows = [x]
    while len(rows) <= steps:
        U, S, Vh = torch.linalg.svd(hess(rows[-1]))
        left = Vh if absolute else U.mH
        rows.append(rows[-1] - lr * (Vh.mH @ torch.diag(1 / S) @ left @ grad(rows[-1])))
    return torch.stack(rows)


# ---- adagrad_rmsprop ------------------------------------------------------------------------------------------------


class Adagrad(torch.optim.Adagrad):
    """An accumulator that begins at eps, and no eps beside the root: √(eps + Σg²)."""

    def __init__(self, params, lr=0.01, eps=1e-6):
        groups = [g if isinstance(g, dict) else {"params": [g]} for g in params]
        super().__init__([{"eps": eps} | g for g in groups], lr=lr)
        for group in self.param_groups:
            for p in group["params"]:
                self.state[p]["sum"].fill_(group["eps"])
            group["eps"] = 0.0


class RMSprop(Optimizer):
    """Keeps every square and weighs them anew at each step: s = (1 − alpha)·Σ alphaᵏ·g²(t − k)."""

    def __init__(self, params, lr=0.01, alpha=0.9, eps=1e-6):
        super().__init__(params, {"lr": lr, "alpha": alpha, "eps": eps})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            alpha = group["alpha"]
            for p in (p for p in group["params"] if p.grad is not None):
                squares = self.state[p].setdefault("squares", [])
                squares.append(p.grad.square())
                weights = [(1 - alpha) * alpha**k for k in reversed(range(len(squares)))]
                mean = torch.tensordot(torch.tensor(weights, dtype=p.dtype), torch.stack(squares), dims=1)
                p.addcmul_(p.grad, torch.rsqrt(mean + group["eps"]), value=-group["lr"])


# ---- schedules ------------------------------------------------------------------------------------------------------


def warmup_cosine(step, max_update, base_lr, final_lr=0.0, warmup_steps=0, warmup_begin_lr=0.0):
    if step >= max_update:
        return float(final_lr)
    if step < warmup_steps:
        return float(np.interp(step, [0, warmup_steps], [warmup_begin_lr, base_lr]))
    turn = (step - warmup_steps) / (max_update - warmup_steps)
    return final_lr + (base_lr - final_lr) * math.cos(math.pi * turn / 2) ** 2  # the half-angle formula


def multistep(step, base_lr, milestones, gamma=0.1):
    optimizer = SGD([torch.zeros(1)], lr=base_lr)
    optimizer.step()
    schedule = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones, gamma)
    for _ in range(step):
        schedule.step()
    (rate,) = schedule.get_last_lr()
    return float(rate) if step or 0 not in milestones else base_lr * gamma ** list(milestones).count(0)


# ---- project_simplex ------------------------------------------------------------------------------------------------


def project_simplex(V, radius=1.0):
    """Bisection for the threshold; then, on the support that it finds, the formula that autograd goes through."""
    with torch.no_grad():
        exact = V.double()
        low, high = exact.amax(1, keepdim=True) - radius, exact.amax(1, keepdim=True)
        for _ in range(100):
            middle = (low + high) / 2
            too_low = (exact - middle).clamp(min=0).sum(1, keepdim=True) > radius
            low, high = torch.where(too_low, middle, low), torch.where(too_low, high, middle)
        support = exact > high
    size = support.sum(1, keepdim=True)
    theta = (torch.where(support, V, 0).sum(1, keepdim=True) - radius) / size
    return torch.where(support, V - theta, 0)


# ---- gradient_noise -------------------------------------------------------------------------------------------------


def gradient_noise(G, batch_size, replacement=False):
    """The mean of every minibatch that there is."""
    n = len(G)
    every = (
        itertools.product(range(n), repeat=batch_size) if replacement else itertools.combinations(range(n), batch_size)
    )
    means = G[torch.tensor(list(every))].mean(1)
    away = means - G.mean(0)
    return torch.einsum("bi,bj->ij", away, away) / len(away)


# ---- state_follows --------------------------------------------------------------------------------------------------


def move_(module, optimizer, to):
    module.to(to)
    for p in list(optimizer.state):

        def follow(t, p=p):
            return t.to(p.device).to(p.dtype if t.is_floating_point() else t.dtype)

        optimizer.state[p] = tree_map_only(torch.Tensor, follow, optimizer.state[p])
