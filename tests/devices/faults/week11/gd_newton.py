# === fault born: the trajectory is written into a tensor on the CPU
def gradient_descent(grad, x, lr, steps):
    rows = torch.empty(steps + 1, len(x), dtype=x.dtype)  # fault
    rows[0] = x
    for t in range(steps):
        x = x - lr * grad(x)
        rows[t + 1] = x
    return rows


# === fault born: |H| is built with an identity on the CPU
def newton(grad, hess, x, steps, lr=1.0, absolute=False):
    rows = [x]
    for _ in range(steps):
        x = rows[-1]
        g, H = grad(x), hess(x)
        if absolute:
            eigenvalues, Q = torch.linalg.eigh(H)
            H = Q @ torch.diag(eigenvalues.abs()) @ Q.T
        inverse = torch.linalg.solve(H, torch.eye(len(x), dtype=x.dtype))  # fault
        rows.append(x - lr * inverse @ g)
    return torch.stack(rows)


# === fault moved: the equations are solved on the CPU
def newton(grad, hess, x, steps, lr=1.0, absolute=False):
    rows = [x]
    for _ in range(steps):
        x = rows[-1]
        g, H = grad(x), hess(x)
        if absolute:
            eigenvalues, Q = torch.linalg.eigh(H)
            H = Q @ torch.diag(eigenvalues.abs()) @ Q.T
        direction = torch.linalg.solve(H.cpu(), g.cpu())  # fault
        rows.append(x - lr * direction)
    return torch.stack(rows)


# === right: the trajectory in a tensor of the device
def gradient_descent(grad, x, lr, steps):
    rows = x.new_empty(steps + 1, *x.shape)
    rows[0] = x
    for t in range(steps):
        rows[t + 1] = rows[t] - lr * grad(rows[t])
    return rows


# === right: an identity of the device, and a rate without axes
def newton(grad, hess, x, steps, lr=1.0, absolute=False):
    rate, rows = torch.tensor(lr, dtype=x.dtype), [x.clone()]
    for _ in range(steps):
        x = rows[-1]
        g, H = grad(x), hess(x)
        if absolute:
            eigenvalues, Q = torch.linalg.eigh(H)
            H = Q @ torch.diag(eigenvalues.abs()) @ Q.T
        inverse = torch.linalg.solve(H, torch.eye(len(x), dtype=x.dtype, device=H.device))
        rows.append(x - rate * (inverse @ g))
    return torch.stack(rows)
