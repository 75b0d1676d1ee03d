# === fault born: the kernel begins as zeros on the CPU
def learn_kernel(X, Y, kernel_size, steps, lr):
    kernel = torch.zeros(kernel_size, dtype=X.dtype, requires_grad=True)  # fault
    for _ in range(steps):
        found = torch.nn.functional.conv2d(X[None, None], kernel[None, None])[0, 0]
        loss = ((found - Y) ** 2).mean()
        (gradient,) = torch.autograd.grad(loss, kernel)
        with torch.no_grad():
            kernel -= lr * gradient
    return kernel.detach()


# === fault moved: what was learned is handed over on the CPU
def learn_kernel(X, Y, kernel_size, steps, lr):
    kernel = torch.zeros(kernel_size, dtype=X.dtype, device=X.device, requires_grad=True)
    for _ in range(steps):
        found = torch.nn.functional.conv2d(X[None, None], kernel[None, None])[0, 0]
        loss = ((found - Y) ** 2).mean()
        (gradient,) = torch.autograd.grad(loss, kernel)
        with torch.no_grad():
            kernel -= lr * gradient
    return kernel.detach().cpu()  # fault


# === fault born: a layer of torch's own, made without a device
def learn_kernel(X, Y, kernel_size, steps, lr):
    layer = torch.nn.Conv2d(1, 1, kernel_size, bias=False, dtype=X.dtype)  # fault
    torch.nn.init.zeros_(layer.weight)
    for _ in range(steps):
        layer.zero_grad()
        ((layer(X[None, None])[0, 0] - Y) ** 2).mean().backward()
        with torch.no_grad():
            layer.weight -= lr * layer.weight.grad
    return layer.weight.detach()[0, 0]


# === fault born: the pixels of the result are filled in, on the CPU
def conv1x1(x, w, b):
    out = torch.empty(len(x), len(w), *x.shape[2:], dtype=x.dtype)  # fault
    for channel in range(len(w)):
        out[:, channel] = (x * w[channel][:, None, None]).sum(1) + b[channel]
    return out


# === right: a layer that is made on the device
def learn_kernel(X, Y, kernel_size, steps, lr):
    layer = torch.nn.Conv2d(1, 1, kernel_size, bias=False, dtype=X.dtype, device=X.device)
    torch.nn.init.zeros_(layer.weight)
    optimizer = torch.optim.SGD(layer.parameters(), lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        (layer(X[None, None])[0, 0] - Y).square().mean().backward()
        optimizer.step()
    return layer.weight.data[0, 0].clone()


# === right: a layer that is moved, and torch.empty with a device
def learn_kernel(X, Y, kernel_size, steps, lr):
    layer = torch.nn.Conv2d(1, 1, kernel_size, bias=False).to(X)
    with torch.no_grad():
        layer.weight.copy_(torch.zeros(1, 1, *kernel_size))
    for _ in range(steps):
        layer.zero_grad()
        ((layer(X[None, None])[0, 0] - Y) ** 2).mean().backward()
        with torch.no_grad():
            layer.weight -= lr * layer.weight.grad
    return layer.weight.detach()[0, 0]


def conv1x1(x, w, b):
    out = torch.empty(len(x), len(w), *x.shape[2:], dtype=x.dtype, device=x.device)
    for channel in range(len(w)):
        out[:, channel] = (x * w[channel][:, None, None]).sum(1) + b[channel]
    return out
