# === fault born: the mask is built on the CPU, row by row
def masked_cross_entropy(pred, y, lengths):
    real = torch.zeros(y.shape, dtype=pred.dtype)  # fault
    for row, n in zip(real, lengths.tolist()):
        row[:n] = 1
    losses = torch.logsumexp(pred, dim=2) - pred.gather(2, y[:, :, None]).squeeze(2)
    return (losses * real).sum() / real.sum().clamp(min=1)


# === fault born: positions are compared with lengths on another device
def masked_cross_entropy(pred, y, lengths):
    positions = torch.arange(y.shape[1])  # fault
    real = positions[None, :] < lengths[:, None]
    losses = torch.logsumexp(pred, dim=2) - pred.gather(2, y[:, :, None]).squeeze(2)
    return (losses * real).sum() / real.sum().clamp(min=1)


# === fault born: the sum begins with a zero on the CPU, in place
def masked_cross_entropy(pred, y, lengths):
    total, count = torch.tensor(0.0, dtype=pred.dtype), 0  # fault
    losses = torch.logsumexp(pred, dim=2) - pred.gather(2, y[:, :, None]).squeeze(2)
    for row, n in zip(losses, lengths.tolist()):
        total += row[:n].sum()
        count += n
    return total / max(count, 1)


# === fault moved: the loss is computed on the CPU
def masked_cross_entropy(pred, y, lengths):
    pred, y, lengths = pred.cpu(), y.cpu(), lengths.cpu()  # fault
    real = torch.arange(y.shape[1]) < lengths[:, None]
    losses = torch.logsumexp(pred, dim=2) - pred.gather(2, y[:, :, None]).squeeze(2)
    return (losses * real).sum() / real.sum().clamp(min=1)


# === fault global: a default argument is made when the def is run
def masked_cross_entropy(pred, y, lengths, positions=torch.arange(10_000)):  # fault
    real = positions[: y.shape[1]] < lengths[:, None]
    losses = torch.logsumexp(pred, dim=2) - pred.gather(2, y[:, :, None]).squeeze(2)
    return (losses * real).sum() / real.sum().clamp(min=1)


# === right: zeros_like, filled by rows
def masked_cross_entropy(pred, y, lengths):
    real = torch.zeros_like(y, dtype=pred.dtype)
    for row, n in zip(real, lengths):
        row[: int(n)] = 1
    losses = torch.logsumexp(pred, dim=2) - pred.gather(2, y[:, :, None]).squeeze(2)
    return (losses * real).sum() / max(real.sum().item(), 1)


# === right: a mask on the CPU picks the real tokens
def masked_cross_entropy(pred, y, lengths):
    real = torch.tensor([[t < n for t in range(y.shape[1])] for n in lengths.tolist()])
    if not real.any():
        return pred.sum() * 0.0
    return torch.nn.functional.cross_entropy(pred[real], y[real])


# === right: the sum begins with a tensor without axes, not in place
def masked_cross_entropy(pred, y, lengths):
    total = torch.tensor(0.0)
    losses = torch.logsumexp(pred, dim=2) - pred.gather(2, y[:, :, None]).squeeze(2)
    for row, n in zip(losses, lengths.tolist()):
        total = total + row[:n].sum()
    return total / lengths.sum().clamp(min=1)


# === right: a table at the top, moved to the lengths at every call
POSITIONS = torch.arange(10_000)


def masked_cross_entropy(pred, y, lengths):
    real = POSITIONS[: y.shape[1]].to(lengths.device) < lengths[:, None]
    losses = torch.logsumexp(pred, dim=2) - pred.gather(2, y[:, :, None]).squeeze(2)
    return losses.masked_fill(~real, 0).sum() / real.sum().clamp(min=1)
