# === fault born: products are added up in zeros on the CPU
def gradient_noise(G, batch_size, replacement=False):
    n, d = G.shape
    centred = G - G.mean(0)
    spread = torch.zeros(d, d, dtype=G.dtype)  # fault
    for g in centred:
        spread = spread + torch.outer(g, g) / n
    if not replacement:
        spread = spread * (n - batch_size) / max(n - 1, 1)
    return spread / batch_size


# === fault born: gradients are centred by a matrix on the CPU
def gradient_noise(G, batch_size, replacement=False):
    n = len(G)
    centring = torch.eye(n, dtype=G.dtype) - 1 / n  # fault
    spread = G.T @ centring @ G / n
    if not replacement:
        spread = spread * (n - batch_size) / max(n - 1, 1)
    return spread / batch_size


# === fault moved: the mean is taken on the CPU
def gradient_noise(G, batch_size, replacement=False):
    n = len(G)
    mean = G.to(device="cpu").mean(0)  # fault
    centred = G - mean
    spread = centred.T @ centred / n
    if not replacement:
        spread = spread * (n - batch_size) / max(n - 1, 1)
    return spread / batch_size


# === right: a factor without axes, and a matrix of the device
def gradient_noise(G, batch_size, replacement=False):
    n = len(G)
    centring = torch.eye(n).to(G) - torch.full((n, n), 1 / n, dtype=G.dtype, device=G.device)
    factor = torch.tensor(1.0 if replacement else (n - batch_size) / max(n - 1, 1), dtype=torch.float64)
    return G.T @ centring @ G * (factor / (n * batch_size))


# === right: products by einsum, into zeros like them
def gradient_noise(G, batch_size, replacement=False):
    n = len(G)
    centred = G - G.mean(0, keepdim=True)
    spread = torch.zeros_like(centred.T @ centred)
    spread = spread + torch.einsum("ni,nj->ij", centred, centred) / n
    return spread * (1 if replacement else (n - batch_size) / max(n - 1, 1)) / batch_size
