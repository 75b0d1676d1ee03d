# === fault born: counts from 1 to d are made on the CPU
def project_simplex(V, radius=1.0):
    ordered = V.sort(dim=1, descending=True).values
    counts = torch.arange(1, V.shape[1] + 1, dtype=V.dtype)  # fault
    thresholds = (ordered.cumsum(1) - radius) / counts
    k = (ordered > thresholds).sum(1, keepdim=True)
    return (V - thresholds.gather(1, k - 1)).clamp(min=0)


# === fault born: sums by a triangular matrix on the CPU
def project_simplex(V, radius=1.0):
    d = V.shape[1]
    ordered = V.sort(dim=1, descending=True).values
    sums = ordered @ torch.triu(torch.ones(d, d, dtype=V.dtype))  # fault
    thresholds = (sums - radius) / torch.arange(1, d + 1, dtype=V.dtype, device=V.device)
    k = (ordered > thresholds).sum(1, keepdim=True)
    return (V - thresholds.gather(1, k - 1)).clamp(min=0)


# === fault born: the places for gather go through a list
def project_simplex(V, radius=1.0):
    ordered = V.sort(dim=1, descending=True).values
    counts = torch.arange(1, V.shape[1] + 1, dtype=V.dtype, device=V.device)
    thresholds = (ordered.cumsum(1) - radius) / counts
    k = torch.as_tensor([[n - 1] for n in (ordered > thresholds).sum(1).tolist()])  # fault
    return (V - thresholds.gather(1, k)).clamp(min=0)


# === fault born: the positive part, against zeros on the CPU
def project_simplex(V, radius=1.0):
    ordered = V.sort(dim=1, descending=True).values
    counts = torch.arange(1, V.shape[1] + 1, dtype=V.dtype, device=V.device)
    thresholds = (ordered.cumsum(1) - radius) / counts
    k = (ordered > thresholds).sum(1, keepdim=True)
    shifted = V - thresholds.gather(1, k - 1)
    return torch.where(shifted > 0, shifted, torch.zeros(V.shape, dtype=V.dtype))  # fault


# === right: rows picked by indices on the CPU, zeros like V
def project_simplex(V, radius=1.0):
    n, d = V.shape
    ordered = V.sort(dim=1, descending=True).values
    counts = torch.ones_like(ordered).cumsum(1)
    thresholds = (ordered.cumsum(1) - torch.tensor(radius, dtype=torch.float64)) / counts
    k = (ordered > thresholds).sum(1)
    theta = thresholds[torch.arange(n), k.cpu() - 1]
    shifted = V - theta[:, None]
    return torch.where(shifted > 0, shifted, torch.zeros_like(shifted))


# === right: bisection, row by row, with numbers
def project_simplex(V, radius=1.0):
    out = []
    for row in V:
        ordered, total, theta = sorted(row.tolist(), reverse=True), 0.0, 0
        for k, value in enumerate(ordered, start=1):
            total += value
            if value > (total - radius) / k:
                theta = k
        places = row.topk(theta).indices
        out.append((row - (row[places].sum() - radius) / theta).clamp(min=0))
    return torch.stack(out)
