# === fault born: constant columns are divided by ones of the CPU
def k_fold(k, X, y):
    parts = torch.arange(len(X), device=X.device).tensor_split(k)
    folds = []
    for i, valid in enumerate(parts):
        train = torch.cat(parts[:i] + parts[i + 1 :])
        mean, std = X[train].mean(0), X[train].std(0)
        std = torch.where(std > 0, std, torch.ones(X.shape[1], dtype=X.dtype))  # fault
        folds.append(((X[train] - mean) / std, y[train], (X[valid] - mean) / std, y[valid]))
    return folds


# === fault born: index_select wants its index beside its input
def k_fold(k, X, y):
    parts = torch.arange(len(X)).tensor_split(k)  # fault
    folds = []
    for i, valid in enumerate(parts):
        train = torch.cat(parts[:i] + parts[i + 1 :])
        seen = X.index_select(0, train)
        mean, std = seen.mean(0), seen.std(0)
        std = torch.where(std > 0, std, torch.ones_like(std))
        held = X.index_select(0, valid)
        folds.append(((seen - mean) / std, y[train], (held - mean) / std, y[valid]))
    return folds


# === fault moved: the data are split on the CPU, and the folds stay there
def k_fold(k, X, y):
    X, y = X.cpu(), y.cpu()  # fault
    parts = torch.arange(len(X)).tensor_split(k)
    folds = []
    for i, valid in enumerate(parts):
        train = torch.cat(parts[:i] + parts[i + 1 :])
        mean, std = X[train].mean(0), X[train].std(0)
        std = torch.where(std > 0, std, torch.ones_like(std))
        folds.append(((X[train] - mean) / std, y[train], (X[valid] - mean) / std, y[valid]))
    return folds


# === right: an index on the CPU picks rows anywhere
def k_fold(k, X, y):
    parts = torch.arange(len(X)).tensor_split(k)
    folds = []
    for i, valid in enumerate(parts):
        train = torch.cat(parts[:i] + parts[i + 1 :])
        mean, std = X[train].mean(0), X[train].std(0)
        std = torch.where(std > 0, std, torch.tensor(1.0, dtype=X.dtype))
        folds.append(((X[train] - mean) / std, y[train], (X[valid] - mean) / std, y[valid]))
    return folds


# === right: a mask on the CPU picks rows anywhere
def k_fold(k, X, y):
    n, folds, start = len(X), [], 0
    for i in range(k):
        size = n // k + (i < n % k)
        valid = torch.zeros(n, dtype=torch.bool)
        valid[start : start + size] = True
        start += size
        mean, std = X[~valid].mean(0), X[~valid].std(0)
        std = std.masked_fill(std == 0, 1)
        folds.append(((X[~valid] - mean) / std, y[~valid], (X[valid] - mean) / std, y[valid]))
    return folds


# === right: split on the CPU, and brought back
def k_fold(k, X, y):
    device = X.device
    X, y = X.cpu(), y.cpu()
    parts = torch.arange(len(X)).tensor_split(k)
    folds = []
    for i, valid in enumerate(parts):
        train = torch.cat(parts[:i] + parts[i + 1 :])
        mean, std = X[train].mean(0), X[train].std(0)
        std = torch.where(std > 0, std, torch.ones_like(std))
        fold = (X[train] - mean) / std, y[train], (X[valid] - mean) / std, y[valid]
        folds.append(tuple(part.to(device) for part in fold))
    return folds
