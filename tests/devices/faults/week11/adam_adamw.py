# === fault born: the moments are zeros on the CPU
class Adam(torch.optim.Optimizer):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    self.update(p, p.grad + group["weight_decay"] * p, group)

    def update(self, p, g, group):
        (beta1, beta2), state = group["betas"], self.state[p]
        if not state:
            state["t"] = 0
            state["m"] = torch.zeros(p.shape, dtype=p.dtype)  # fault
            state["v"] = torch.zeros_like(p)
        state["t"] += 1
        state["m"].mul_(beta1).add_((1 - beta1) * g)
        state["v"].mul_(beta2).add_((1 - beta2) * g**2)
        m_hat = state["m"] / (1 - beta1 ** state["t"])
        v_hat = state["v"] / (1 - beta2 ** state["t"])
        p -= group["lr"] * m_hat / (v_hat.sqrt() + group["eps"])


# === fault born: the steps are counted in a vector of one entry
class Adam(torch.optim.Optimizer):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    self.update(p, p.grad + group["weight_decay"] * p, group)

    def update(self, p, g, group):
        (beta1, beta2), state = group["betas"], self.state[p]
        if not state:
            state["t"] = torch.zeros(1, dtype=torch.float64)  # fault
            state["m"], state["v"] = torch.zeros_like(p), torch.zeros_like(p)
        state["t"] += 1
        state["m"].mul_(beta1).add_((1 - beta1) * g)
        state["v"].mul_(beta2).add_((1 - beta2) * g**2)
        m_hat = state["m"] / (1 - beta1 ** state["t"]).to(p.dtype)
        v_hat = state["v"] / (1 - beta2 ** state["t"]).to(p.dtype)
        p -= (group["lr"] * m_hat / (v_hat.sqrt() + group["eps"])).reshape(p.shape)


# === fault moved: the state is kept on the CPU, where there is room
class Adam(torch.optim.Optimizer):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    self.update(p, p.grad + group["weight_decay"] * p, group)

    def update(self, p, g, group):
        (beta1, beta2), state = group["betas"], self.state[p]
        if not state:
            state["t"] = 0
            state["m"], state["v"] = (torch.zeros_like(p).to("cpu") for _ in range(2))  # fault
        state["t"] += 1
        state["m"].mul_(beta1).add_((1 - beta1) * g)
        state["v"].mul_(beta2).add_((1 - beta2) * g**2)
        m_hat = state["m"] / (1 - beta1 ** state["t"])
        v_hat = state["v"] / (1 - beta2 ** state["t"])
        p -= group["lr"] * m_hat / (v_hat.sqrt() + group["eps"])


# === right: steps are counted in a tensor without axes, as torch.optim does
class Adam(torch.optim.Optimizer):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    self.update(p, p.grad + group["weight_decay"] * p, group)

    def update(self, p, g, group):
        (beta1, beta2), state = group["betas"], self.state[p]
        if not state:
            state["t"] = torch.zeros((), dtype=torch.float64)
            state["m"], state["v"] = torch.zeros_like(p), torch.zeros_like(p)
        state["t"] += 1
        state["m"].lerp_(g, 1 - beta1)
        state["v"].mul_(beta2).addcmul_(g, g, value=1 - beta2)
        m_hat = state["m"] / (1 - beta1 ** state["t"])
        v_hat = state["v"] / (1 - beta2 ** state["t"])
        p -= group["lr"] * m_hat / (v_hat.sqrt() + group["eps"])


# === right: steps on the device, and addcdiv
class Adam(torch.optim.Optimizer):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    self.update(p, p.grad.add(p, alpha=group["weight_decay"]), group)

    def update(self, p, g, group):
        (beta1, beta2), state = group["betas"], self.state[p]
        if not state:
            state["t"] = torch.zeros((), dtype=torch.float64, device=p.device)
            state["m"], state["v"] = p.new_zeros(p.shape), p.new_zeros(p.shape)
        state["t"].add_(1)
        state["m"].mul_(beta1).add_(g, alpha=1 - beta1)
        state["v"].mul_(beta2).addcmul_(g, g, value=1 - beta2)
        t = state["t"].item()
        p.addcdiv_(state["m"] / (1 - beta1**t), (state["v"] / (1 - beta2**t)).sqrt() + group["eps"], value=-group["lr"])
