# === fault born: velocities are zeros on the CPU
class SGD(torch.optim.Optimizer):
    def __init__(self, params, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
        super().__init__(params, {"lr": lr, "momentum": momentum, "nesterov": nesterov, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            lr, momentum, decay = group["lr"], group["momentum"], group["weight_decay"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if not state:
                    state["velocity"] = torch.zeros(p.shape, dtype=p.dtype)  # fault
                v, g = state["velocity"], p.grad + decay * p
                v.mul_(momentum).add_(g)
                p -= lr * (g + momentum * v if group["nesterov"] else v)


# === fault moved: the step is taken to the CPU before it is taken
class SGD(torch.optim.Optimizer):
    def __init__(self, params, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
        super().__init__(params, {"lr": lr, "momentum": momentum, "nesterov": nesterov, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            lr, momentum, decay = group["lr"], group["momentum"], group["weight_decay"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if not state:
                    state["velocity"] = torch.zeros_like(p)
                v, g = state["velocity"], p.grad + decay * p
                v.mul_(momentum).add_(g)
                step = lr * (g + momentum * v if group["nesterov"] else v)
                p -= step.cpu()  # fault


# === right: new_zeros, and a velocity that begins as the first gradient
class SGD(torch.optim.Optimizer):
    def __init__(self, params, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
        super().__init__(params, {"lr": lr, "momentum": momentum, "nesterov": nesterov, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                g = p.grad.add(p, alpha=group["weight_decay"])
                v = self.state[p].get("velocity")
                v = p.new_zeros(p.shape) if v is None else v
                v = self.state[p]["velocity"] = group["momentum"] * v + g
                p.sub_(g + group["momentum"] * v if group["nesterov"] else v, alpha=group["lr"])
