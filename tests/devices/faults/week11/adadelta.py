# === fault born: both sums are zeros on the CPU
class Adadelta(torch.optim.Optimizer):
    def __init__(self, params, lr=1.0, rho=0.9, eps=1e-6):
        super().__init__(params, {"lr": lr, "rho": rho, "eps": eps})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            lr, rho, eps = group["lr"], group["rho"], group["eps"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if not state:
                    state["s"], state["d"] = torch.zeros(2, *p.shape, dtype=p.dtype)  # fault
                s, d = state["s"], state["d"]
                s.mul_(rho).add_((1 - rho) * p.grad**2)
                u = p.grad * torch.sqrt(d + eps) / torch.sqrt(s + eps)
                d.mul_(rho).add_((1 - rho) * u**2)
                p -= lr * u


# === right: both sums in one tensor of the device
class Adadelta(torch.optim.Optimizer):
    def __init__(self, params, lr=1.0, rho=0.9, eps=1e-6):
        super().__init__(params, {"lr": lr, "rho": rho, "eps": eps})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            lr, rho, eps = group["lr"], group["rho"], group["eps"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if not state:
                    state["s"], state["d"] = torch.zeros(2, *p.shape, dtype=p.dtype, device=p.device)
                s, d = state["s"], state["d"]
                s.mul_(rho).add_((1 - rho) * p.grad**2)
                u = p.grad * torch.sqrt(d + eps) / torch.sqrt(s + eps)
                d.mul_(rho).add_((1 - rho) * u**2)
                p -= lr * u
