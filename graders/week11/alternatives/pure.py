# written as pure rules: (gradient, weight, memory, settings) gives (new weight, new memory); a shared loop applies them

# %% gd_newton
def walk(x, steps, advance):
    rows = [x.clone()]
    for _ in range(steps):
        rows.append(advance(rows[-1].clone()))
    return torch.stack(rows)


def gradient_descent(grad, x, lr, steps):
    return walk(x, steps, lambda at: at.sub(grad(at), alpha=lr))


def newton(grad, hess, x, steps, lr=1.0, absolute=False):
    def advance(at):
        g, H = grad(at), hess(at)
        if absolute:  # H = U·S·Vᵀ is symmetric, so √(HᵀH) = V·S·Vᵀ
            _, S, Vh = torch.linalg.svd(H)
            return at - lr * (Vh.mT @ ((Vh @ g) / S))
        LU, pivots = torch.linalg.lu_factor(H)
        return at - lr * torch.linalg.lu_solve(LU, pivots, g[:, None])[:, 0]

    return walk(x, steps, advance)


# %% sgd
class SGD(torch.optim.Optimizer):
    def __init__(self, params, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
        super().__init__(params, {"lr": lr, "momentum": momentum, "nesterov": nesterov, "weight_decay": weight_decay})

    @staticmethod
    def rule(g, p, v, *, lr, momentum, nesterov, weight_decay):
        g = g + weight_decay * p
        v = g.clone() if v is None else momentum * v + g
        return p - lr * (g + momentum * v if nesterov else v), v

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            settings = {k: group[k] for k in ("lr", "momentum", "nesterov", "weight_decay")}
            for p in filter(lambda p: p.grad is not None, group["params"]):
                new, self.state[p]["v"] = self.rule(p.grad, p, self.state[p].get("v"), **settings)
                p.copy_(new)


# %% adagrad_rmsprop
class Rooted(torch.optim.Optimizer):
    """Remembers r = √s, the root of the sum or mean of squares: √(a² + b²) is `hypot`, and cannot overflow."""

    def keep(self, group):
        raise NotImplementedError

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            old, new = self.keep(group)
            for p in group["params"]:
                if p.grad is not None:
                    r = self.state[p].get("r", torch.zeros_like(p))
                    r = torch.hypot(old**0.5 * r, new**0.5 * p.grad)
                    divisor = torch.hypot(r, torch.full_like(r, group["eps"] ** 0.5))
                    quotient = torch.where(divisor == 0, p.grad, p.grad / divisor)
                    self.state[p]["r"] = r
                    p.copy_(p - group["lr"] * quotient)


class Adagrad(Rooted):
    def __init__(self, params, lr=0.01, eps=1e-6):
        super().__init__(params, {"lr": lr, "eps": eps})

    def keep(self, group):
        return 1.0, 1.0


class RMSprop(Rooted):
    def __init__(self, params, lr=0.01, alpha=0.9, eps=1e-6):
        super().__init__(params, {"lr": lr, "alpha": alpha, "eps": eps})

    def keep(self, group):
        return group["alpha"], 1 - group["alpha"]


# %% adadelta
class Adadelta(torch.optim.Optimizer):
    def __init__(self, params, lr=1.0, rho=0.9, eps=1e-6):
        super().__init__(params, {"lr": lr, "rho": rho, "eps": eps})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            rho, eps = group["rho"], group["eps"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                memory = self.state[p].get("memory", torch.zeros(2, *p.shape, dtype=p.dtype, device=p.device))
                s, d = memory
                s = s + (1 - rho) * (p.grad.square() - s)
                u = p.grad * ((d + eps) / (s + eps)).sqrt()
                d = d + (1 - rho) * (u.square() - d)
                self.state[p]["memory"] = torch.stack([s, d])
                p.sub_(group["lr"] * u)


# %% adam_adamw
class Adam(torch.optim.Optimizer):
    decoupled = False

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            (b1, b2), decay = group["betas"], group["weight_decay"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                g = p.grad if self.decoupled else p.grad + decay * p
                t, m, v = self.state[p].get("memory", (0, torch.zeros_like(p), torch.zeros_like(p)))
                t, m, v = t + 1, b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
                self.state[p]["memory"] = (t, m, v)
                root = (1 - b2**t) ** 0.5  # both corrections in the step width, the second in eps as well
                kept = p * (1 - group["lr"] * decay) if self.decoupled else p
                p.copy_(kept - group["lr"] * root / (1 - b1**t) * m / (v.sqrt() + group["eps"] * root))


class AdamW(Adam):
    decoupled = True

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
        super().__init__(params, lr, betas, eps, weight_decay)


# %% schedules
import bisect
import math


def warmup_cosine(step, max_update, base_lr, final_lr=0.0, warmup_steps=0, warmup_begin_lr=0.0):
    phases = (
        (step >= max_update, lambda: final_lr),
        (step < warmup_steps, lambda: warmup_begin_lr + (base_lr - warmup_begin_lr) / warmup_steps * step),
        (True, lambda: final_lr + (base_lr - final_lr) * falling((step - warmup_steps) / (max_update - warmup_steps))),
    )
    return float(next(rate() for applies, rate in phases if applies))


def falling(share):
    return 0.5 * (1 + math.cos(math.pi * share))


def multistep(step, base_lr, milestones, gamma=0.1):
    return float(base_lr * gamma ** bisect.bisect_right(sorted(milestones), step))


# %% project_simplex
def project_simplex(V, radius=1.0):
    """Lower all that is still positive, drop what has become negative, until nothing more drops (Michelot 1986)."""
    with torch.no_grad():
        stays = torch.ones_like(V, dtype=torch.bool)
        while True:
            theta = ((V * stays).sum(1, keepdim=True) - radius) / stays.sum(1, keepdim=True)
            fewer = stays & (theta < V)
            if torch.equal(fewer, stays):
                break
            stays = fewer
    theta = (torch.where(stays, V, 0).sum(1, keepdim=True) - radius) / stays.sum(1, keepdim=True)
    return torch.where(stays, V - theta, 0)


# %% gradient_noise
def gradient_noise(G, batch_size, replacement=False):
    n = G.shape[0]
    gaps = G[:, None] - G[None, :]
    covariance = torch.einsum("ija,ijb->ab", gaps, gaps) / (2 * n**2)
    variance = 1 / batch_size
    if not replacement:
        variance *= 0.0 if batch_size == n else (n - batch_size) / (n - 1)
    return variance * covariance


# %% state_follows
def move_(module, optimizer, to):
    module.to(to)
    for parameter in (p for group in optimizer.param_groups for p in group["params"]):
        if parameter in optimizer.state:
            optimizer.state[parameter] = brought_along(optimizer.state[parameter], parameter)


def brought_along(value, parameter):
    match value:
        case torch.Tensor() if value.is_floating_point():
            return value.to(parameter)
        case torch.Tensor():
            return value.to(parameter.device)
        case dict():
            return {key: brought_along(inner, parameter) for key, inner in value.items()}
        case list():
            return [brought_along(inner, parameter) for inner in value]
        case tuple():
            return tuple(brought_along(inner, parameter) for inner in value)
    return value
