# === fault moved: the linear algebra is done on the CPU
def label_shift_weights(C, mu):
    joint = (C / C.sum()).cpu()  # fault
    target = mu / mu.sum()
    w = (torch.linalg.pinv(joint) @ target).clamp(min=0)
    return w / (joint.sum(0) @ w)


# === fault numpy: the linear algebra is NumPy's
import numpy as np


def label_shift_weights(C, mu):
    joint, target = C / C.sum(), mu / mu.sum()
    w = torch.as_tensor(np.linalg.pinv(joint.numpy()) @ target.numpy()).clamp(min=0)  # fault
    return w / (joint.sum(0) @ w)


# === fault born: the labels become a table, made of numbers
def weighted_risk(losses, y, w):
    table = torch.tensor([[float(k == label) for k in range(len(w))] for label in y.tolist()], dtype=w.dtype)  # fault
    return (table @ w * losses).mean()


# === fault born: added in place to a zero on the CPU
def weighted_risk(losses, y, w):
    total = torch.zeros((), dtype=losses.dtype)  # fault
    for loss, label in zip(losses, y):
        total += w[label] * loss
    return total / len(losses)


# === fault moved: the table is on the CPU, the labels that pick from it are not
def weighted_risk(losses, y, w):
    table = w.cpu()  # fault
    return (table[y] * losses).mean()


# === right: a sum that begins with a number
def weighted_risk(losses, y, w):
    total = 0.0
    for loss, label in zip(losses, y):
        total = total + w[label] * loss
    return total / len(losses)


# === right: labels on the CPU pick from weights anywhere
def weighted_risk(losses, y, w):
    return (w[y.cpu()] * losses).mean()


# === right: there by NumPy, and back
import numpy as np


def label_shift_weights(C, mu):
    joint, target = C / C.sum(), mu / mu.sum()
    w = np.linalg.pinv(joint.cpu().numpy()) @ target.cpu().numpy()
    w = torch.from_numpy(w).to(C).clamp(min=0)
    return w / (joint.sum(0) @ w)


# === right: the sum begins with a tensor without axes, not in place
def weighted_risk(losses, y, w):
    total = torch.zeros((), dtype=losses.dtype)
    for i in range(len(losses)):
        total = total + w[y[i]] * losses[i]
    return total / torch.tensor(len(losses))
