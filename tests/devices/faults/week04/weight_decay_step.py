# === fault born: the rate is a vector of one entry
def weight_decay_step(weights, biases, lr, weight_decay):
    rate = torch.tensor([lr], dtype=torch.float64)  # fault
    with torch.no_grad():
        for w in weights:
            if w.grad is not None:
                w -= (rate.to(w.dtype) * (w.grad + weight_decay * w)).reshape(w.shape)
        for b in biases:
            if b.grad is not None:
                b -= lr * b.grad


# === fault born: room for the step, handed to `out`
def weight_decay_step(weights, biases, lr, weight_decay):
    with torch.no_grad():
        for w in weights:
            if w.grad is not None:
                step = torch.empty(w.shape, dtype=w.dtype)  # fault
                torch.add(w.grad, w, alpha=weight_decay, out=step)
                w.sub_(step, alpha=lr)
        for b in biases:
            if b.grad is not None:
                b.sub_(b.grad, alpha=lr)


# === fault moved: gradients are collected on the CPU
def weight_decay_step(weights, biases, lr, weight_decay):
    def gradient(t):
        return None if t.grad is None else t.grad.detach().cpu()  # fault

    with torch.no_grad():
        for w in weights:
            g = gradient(w)
            if g is not None:
                w.mul_(1 - lr * weight_decay)
                w.add_(g, alpha=-lr)
        for b in biases:
            g = gradient(b)
            if g is not None:
                b.add_(g, alpha=-lr)


# === right: rates without axes, in place
def weight_decay_step(weights, biases, lr, weight_decay):
    rate, decay = torch.tensor(lr, dtype=torch.float64), torch.tensor(weight_decay, dtype=torch.float64)
    with torch.no_grad():
        for w in weights:
            if w.grad is not None:
                w.sub_(rate * (w.grad + decay * w))
        for b in biases:
            if b.grad is not None:
                b.sub_(b.grad.mul(rate))


# === right: room like the weight, and a detour over the CPU that comes back
def weight_decay_step(weights, biases, lr, weight_decay):
    for w in weights:
        if w.grad is not None:
            step = torch.empty_like(w, requires_grad=False)
            with torch.no_grad():
                torch.add(w.grad, w, alpha=weight_decay, out=step)
                w.copy_(w.cpu() - lr * step.cpu())
    for b in biases:
        if b.grad is not None:
            b.data.add_(b.grad, alpha=-lr)
