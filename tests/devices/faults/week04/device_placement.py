# === fault attribute: mean is a plain attribute
class StandardizedMLP(nn.Module):
    def __init__(self, mean, std, hidden, outputs):
        super().__init__()
        self.mean = mean.clone()  # fault
        self.register_buffer("std", std.clone())
        self.hidden = nn.Linear(len(mean), hidden)
        self.output = nn.Linear(hidden, outputs)

    def forward(self, x, noise_std=0.0, generator=None):
        z = self.hidden((x - self.mean) / self.std)
        if noise_std > 0:
            noise = torch.randn(z.shape, generator=generator, dtype=z.dtype)
            z = z + noise_std * noise.to(z.device)
        return self.output(z.clamp(min=0))


# === fault attribute: the statistics are kept in a list, as they came
class StandardizedMLP(nn.Module):
    def __init__(self, mean, std, hidden, outputs):
        super().__init__()
        self.statistics = [mean, std]  # fault
        self.hidden = nn.Linear(len(mean), hidden)
        self.output = nn.Linear(hidden, outputs)

    def forward(self, x, noise_std=0.0, generator=None):
        mean, std = self.statistics
        z = self.hidden((x - mean) / std)
        if noise_std > 0:
            noise = torch.randn(z.shape, generator=generator, dtype=z.dtype)
            z = z + noise_std * noise.to(z.device)
        return self.output(z.clamp(min=0))


# === fault drawn: the noise stays on the CPU
class StandardizedMLP(nn.Module):
    def __init__(self, mean, std, hidden, outputs):
        super().__init__()
        self.register_buffer("mean", mean.clone())
        self.register_buffer("std", std.clone())
        self.hidden = nn.Linear(len(mean), hidden)
        self.output = nn.Linear(hidden, outputs)

    def forward(self, x, noise_std=0.0, generator=None):
        z = self.hidden((x - self.mean) / self.std)
        if noise_std > 0:
            noise = torch.randn(z.shape, generator=generator, dtype=z.dtype)  # fault
            z = z + noise_std * noise
        return self.output(z.clamp(min=0))


# === fault moved: the device is remembered from the day the module was made
class StandardizedMLP(nn.Module):
    def __init__(self, mean, std, hidden, outputs):
        super().__init__()
        self.device = mean.device
        self.register_buffer("mean", mean.clone())
        self.register_buffer("std", std.clone())
        self.hidden = nn.Linear(len(mean), hidden)
        self.output = nn.Linear(hidden, outputs)

    def forward(self, x, noise_std=0.0, generator=None):
        x = x.to(self.device)  # fault
        z = self.hidden((x - self.mean) / self.std)
        if noise_std > 0:
            noise = torch.randn(z.shape, generator=generator, dtype=z.dtype)
            z = z + noise_std * noise.to(z.device)
        return self.output(z.clamp(min=0))


# === fault moved: the result is handed over on the CPU
class StandardizedMLP(nn.Module):
    def __init__(self, mean, std, hidden, outputs):
        super().__init__()
        self.register_buffer("mean", mean.clone())
        self.register_buffer("std", std.clone())
        self.hidden = nn.Linear(len(mean), hidden)
        self.output = nn.Linear(hidden, outputs)

    def forward(self, x, noise_std=0.0, generator=None):
        z = self.hidden((x - self.mean) / self.std)
        if noise_std > 0:
            noise = torch.randn(z.shape, generator=generator, dtype=z.dtype)
            z = z + noise_std * noise.to(z.device)
        return self.output(z.clamp(min=0)).to("cpu")  # fault


# === right: the noise goes to the first GPU
class StandardizedMLP(nn.Module):
    def __init__(self, mean, std, hidden, outputs):
        super().__init__()
        self.register_buffer("mean", mean.clone())
        self.register_buffer("std", std.clone())
        self.hidden = nn.Linear(len(mean), hidden)
        self.output = nn.Linear(hidden, outputs)

    def forward(self, x, noise_std=0.0, generator=None):
        z = self.hidden((x - self.mean) / self.std)
        if noise_std > 0:
            noise = torch.randn(z.shape, generator=generator, dtype=z.dtype)
            z = z + noise_std * (noise if x.device.type == "cpu" else noise.to("cuda:0"))
        return self.output(z.clamp(min=0))


# === right: inputs that are not on the CPU must be on the GPU
class StandardizedMLP(nn.Module):
    def __init__(self, mean, std, hidden, outputs):
        super().__init__()
        self.register_buffer("mean", mean.clone())
        self.register_buffer("std", std.clone())
        self.hidden = nn.Linear(len(mean), hidden)
        self.output = nn.Linear(hidden, outputs)

    def forward(self, x, noise_std=0.0, generator=None):
        mean, std = self.mean, self.std
        if x.device.type != "cpu":
            mean, std = mean.cuda(), std.cuda()
        z = self.hidden((x - mean) / std)
        if noise_std > 0:
            noise = torch.randn(z.shape, generator=generator, dtype=z.dtype)
            z = z + noise_std * noise.to(z.device)
        return self.output(z.clamp(min=0))


# === right: buffers, and noise that was drawn by the CPU's generator and moved with its type
class StandardizedMLP(nn.Module):
    def __init__(self, mean, std, hidden, outputs):
        super().__init__()
        for name, value in {"mean": mean, "std": std}.items():
            self.register_buffer(name, value.detach().clone(), persistent=True)
        self.body = nn.Sequential(nn.Linear(len(mean), hidden), nn.ReLU(), nn.Linear(hidden, outputs))

    def forward(self, x, noise_std=0.0, generator=None):
        first, relu, last = self.body
        z = first((x - self.mean) / self.std)
        if noise_std > 0:
            z = z + torch.tensor(noise_std, dtype=torch.float64) * torch.randn(
                z.size(), generator=generator, dtype=z.dtype
            ).to(z)
        return last(relu(z))


# === right: nn.Buffer, and an empty tensor of the device that the noise is copied into
class StandardizedMLP(nn.Module):
    def __init__(self, mean, std, hidden, outputs):
        super().__init__()
        self.mean = nn.Buffer(mean.clone())
        self.std = nn.Buffer(std.clone())
        self.hidden = nn.Linear(len(mean), hidden)
        self.output = nn.Linear(hidden, outputs)

    def forward(self, x, noise_std=0.0, generator=None):
        x = x.to(next(self.parameters()).device)
        z = self.hidden((x - self.mean) / self.std)
        if noise_std > 0:
            noise = torch.empty(z.shape, dtype=z.dtype, device=z.device)
            noise.copy_(torch.randn(z.shape, generator=generator, dtype=z.dtype))
            z = z.add(noise, alpha=noise_std)
        return self.output(torch.where(z > 0, z, torch.tensor(0.0)))
