# === fault born: eps is a vector of one entry
class Adagrad(torch.optim.Optimizer):
    def __init__(self, params, lr=0.01, eps=1e-6):
        super().__init__(params, {"lr": lr, "eps": eps})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            eps = torch.tensor([group["eps"]], dtype=torch.float64)  # fault
            for p in group["params"]:
                if p.grad is None:
                    continue
                total = self.state[p].setdefault("sum of squares", torch.zeros_like(p))
                total.add_(p.grad**2)
                p -= group["lr"] * (p.grad / torch.sqrt(total + eps.to(p.dtype))).reshape(p.shape)


# === fault born: the mean of squares begins as zeros on the CPU, in a dictionary of the optimizer's own
class RMSprop(torch.optim.Optimizer):
    def __init__(self, params, lr=0.01, alpha=0.9, eps=1e-6):
        super().__init__(params, {"lr": lr, "alpha": alpha, "eps": eps})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                if "mean" not in self.state[p]:
                    self.state[p]["mean"] = torch.zeros(p.size()).to(p.dtype)  # fault
                self.state[p]["mean"] = group["alpha"] * self.state[p]["mean"] + (1 - group["alpha"]) * p.grad**2
                p -= group["lr"] * p.grad / torch.sqrt(self.state[p]["mean"] + group["eps"])


# === right: settings as tensors without axes
class RMSprop(torch.optim.Optimizer):
    def __init__(self, params, lr=0.01, alpha=0.9, eps=1e-6):
        super().__init__(params, {"lr": lr, "alpha": alpha, "eps": eps})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            lr, alpha, eps = (torch.tensor(group[key], dtype=torch.float64) for key in ("lr", "alpha", "eps"))
            for p in group["params"]:
                if p.grad is None:
                    continue
                mean = self.state[p].setdefault("mean", torch.zeros_like(p, memory_format=torch.preserve_format))
                mean.mul_(alpha).add_((1 - alpha) * p.grad.square())
                p.sub_(lr * p.grad / (mean + eps).sqrt())
