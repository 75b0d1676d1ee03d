# written with PyTorch's in-place operations: state is made on first use and changed where it lies

# %% gd_newton
def gradient_descent(grad, x, lr, steps):
    path = x.new_empty(steps + 1, *x.shape)
    path[0] = x
    for t in range(steps):
        path[t + 1] = path[t] - lr * grad(path[t].clone())
    return path


def newton(grad, hess, x, steps, lr=1.0, absolute=False):
    path = x.new_empty(steps + 1, *x.shape)
    path[0] = x
    for t in range(steps):
        here = path[t].clone()
        g, H = grad(here), hess(here)
        if absolute:
            values, vectors = torch.linalg.eigh(H)
            direction = vectors @ ((vectors.mT @ g) / values.abs())
        else:
            direction = torch.linalg.solve(H, g)
        path[t + 1] = path[t] - lr * direction
    return path


# %% sgd
class SGD(torch.optim.Optimizer):
    def __init__(self, params, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
        super().__init__(params, {"lr": lr, "momentum": momentum, "nesterov": nesterov, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                direction = p.grad.add(p, alpha=group["weight_decay"])
                state = self.state[p]
                if "velocity" not in state:
                    state["velocity"] = torch.zeros_like(p)
                velocity = state["velocity"].mul_(group["momentum"]).add_(direction)
                if group["nesterov"]:
                    p.add_(direction, alpha=-group["lr"])
                    p.add_(velocity, alpha=-group["lr"] * group["momentum"])
                else:
                    p.add_(velocity, alpha=-group["lr"])


# %% adagrad_rmsprop
class Adagrad(torch.optim.Optimizer):
    def __init__(self, params, lr=0.01, eps=1e-6):
        super().__init__(params, {"lr": lr, "eps": eps})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                squares = self.state[p].setdefault("squares", torch.zeros_like(p))
                squares.addcmul_(p.grad, p.grad)
                p.addcdiv_(p.grad, squares.add(group["eps"]).sqrt_(), value=-group["lr"])


class RMSprop(torch.optim.Optimizer):
    def __init__(self, params, lr=0.01, alpha=0.9, eps=1e-6):
        super().__init__(params, {"lr": lr, "alpha": alpha, "eps": eps})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                squares = self.state[p].setdefault("squares", torch.zeros_like(p))
                squares.mul_(group["alpha"]).addcmul_(p.grad, p.grad, value=1 - group["alpha"])
                p.addcmul_(p.grad, squares.add(group["eps"]).rsqrt_(), value=-group["lr"])


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
                state = self.state[p]
                if not state:
                    state["gradients"], state["steps"] = torch.zeros_like(p), torch.zeros_like(p)
                state["gradients"].mul_(rho).addcmul_(p.grad, p.grad, value=1 - rho)
                u = state["steps"].add(eps).sqrt_().div_(state["gradients"].add(eps).sqrt_()).mul_(p.grad)
                state["steps"].mul_(rho).addcmul_(u, u, value=1 - rho)
                p.sub_(u, alpha=group["lr"])


# %% adam_adamw
class Adam(torch.optim.Optimizer):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay})

    def gradient(self, p, group):
        """What the step is made of, after the penalty has had its say."""
        return p.grad.add(p, alpha=group["weight_decay"])

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                g = self.gradient(p, group)
                state = self.state[p]
                if not state:
                    state.update(t=0, m=torch.zeros_like(p), v=torch.zeros_like(p))
                state["t"] += 1
                state["m"].lerp_(g, 1 - beta1)
                state["v"].mul_(beta2).addcmul_(g, g, value=1 - beta2)
                root = state["v"].div(1 - beta2 ** state["t"]).sqrt_().add_(group["eps"])
                p.addcdiv_(state["m"], root, value=-group["lr"] / (1 - beta1 ** state["t"]))


class AdamW(Adam):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
        super().__init__(params, lr, betas, eps, weight_decay)

    def gradient(self, p, group):
        p.mul_(1 - group["lr"] * group["weight_decay"])
        return p.grad


# %% schedules
import math


def warmup_cosine(step, max_update, base_lr, final_lr=0.0, warmup_steps=0, warmup_begin_lr=0.0):
    if step >= max_update:
        return float(final_lr)
    if step < warmup_steps:
        done = step / warmup_steps
        return float((1 - done) * warmup_begin_lr + done * base_lr)
    done = (step - warmup_steps) / (max_update - warmup_steps)
    share = math.cos(math.pi * done / 2) ** 2
    return float(share * base_lr + (1 - share) * final_lr)


def multistep(step, base_lr, milestones, gamma=0.1):
    lr = float(base_lr)
    for milestone in milestones:
        if step >= milestone:
            lr *= gamma
    return lr


# %% project_simplex
def project_simplex(V, radius=1.0):
    ordered = V.sort(dim=1, descending=True).values
    k = torch.arange(1, V.shape[1] + 1, dtype=V.dtype, device=V.device)
    theta = (ordered.cumsum(1) - radius) / k
    positive = (ordered > theta).sum(1, keepdim=True)
    return torch.relu(V - theta.gather(1, positive - 1))


# %% gradient_noise
def gradient_noise(G, batch_size, replacement=False):
    n = len(G)
    centred = G - G.mean(0)
    covariance = centred.T @ centred / n
    if replacement:
        return covariance / batch_size
    return covariance * ((n - batch_size) / (batch_size * max(n - 1, 1)))


# %% state_follows
def move_(module, optimizer, to):
    module.to(to)

    def moved(value, p):
        if isinstance(value, torch.Tensor):
            return value.to(device=p.device, dtype=p.dtype if value.is_floating_point() else value.dtype)
        if isinstance(value, dict):
            return {key: moved(item, p) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return type(value)(moved(item, p) for item in value)
        return value

    for p, state in optimizer.state.items():
        for key in state:
            state[key] = moved(state[key], p)
