# === fault born: one-hot rows are picked from an identity on the CPU
def mlp_forward_backward(X, W1, b1, W2, b2, y):
    logits, cache = mlp_forward(X, W1, b1, W2, b2)
    log_p = torch.log_softmax(logits, dim=1)
    one_hot = torch.eye(logits.shape[1], dtype=X.dtype)[y]  # fault
    loss = -(one_hot * log_p).sum(1).mean()
    d_logits = (log_p.exp() - one_hot) / len(y)
    return {"loss": loss, "logits": logits, "hidden": cache["hidden"], **mlp_backward(d_logits, cache)}


# === fault born: one-hot rows are scattered into zeros on the CPU
def mlp_forward_backward(X, W1, b1, W2, b2, y):
    logits, cache = mlp_forward(X, W1, b1, W2, b2)
    log_p = torch.log_softmax(logits, dim=1)
    loss = -log_p.gather(1, y[:, None]).mean()
    one_hot = torch.zeros(logits.shape, dtype=X.dtype)  # fault
    one_hot.scatter_(1, y[:, None], 1.0)
    d_logits = (log_p.exp() - one_hot) / len(y)
    return {"loss": loss, "logits": logits, "hidden": cache["hidden"], **mlp_backward(d_logits, cache)}


# === fault born: the bias is added by a column of ones
def mlp_forward(X, W1, b1, W2, b2):
    ones = torch.ones(len(X), 1, dtype=X.dtype)  # fault
    hidden = (X @ W1 + ones @ b1[None]).clamp(min=0)
    return hidden @ W2 + b2, {"X": X, "W1": W1, "W2": W2, "hidden": hidden}


# === fault moved: the gradients are brought to the CPU, where one can look at them
def mlp_backward(d_logits, cache):
    d_hidden = d_logits @ cache["W2"].T
    d_preactivation = d_hidden * (cache["hidden"] > 0)
    grads = {
        "X": d_preactivation @ cache["W1"].T,
        "W1": cache["X"].T @ d_preactivation,
        "b1": d_preactivation.sum(0),
        "W2": cache["hidden"].T @ d_logits,
        "b2": d_logits.sum(0),
    }
    return {name: value.cpu() for name, value in grads.items()}  # fault


# === fault moved: only the loss is moved
def mlp_forward_backward(X, W1, b1, W2, b2, y):
    logits, cache = mlp_forward(X, W1, b1, W2, b2)
    log_p = torch.log_softmax(logits, dim=1)
    loss = -log_p.gather(1, y[:, None]).mean().to("cpu")  # fault
    one_hot = torch.nn.functional.one_hot(y, logits.shape[1])
    d_logits = (log_p.exp() - one_hot) / len(y)
    return {"loss": loss, "logits": logits, "hidden": cache["hidden"], **mlp_backward(d_logits, cache)}


# === fault born: a helper in the cell of an earlier exercise makes the rows
# %% activations
def rows(n):
    return torch.arange(n)[:, None]  # fault


# %% mlp_forward_backward
def mlp_forward_backward(X, W1, b1, W2, b2, y):
    logits, cache = mlp_forward(X, W1, b1, W2, b2)
    log_p = torch.log_softmax(logits, dim=1)
    one_hot = (rows(logits.shape[1]).T == y[:, None]).to(X.dtype)
    loss = -(log_p * one_hot).sum(1).mean()
    d_logits = (log_p.exp() - one_hot) / len(y)
    return {"loss": loss, "logits": logits, "hidden": cache["hidden"], **mlp_backward(d_logits, cache)}


# === right: everything goes to a GPU, if the machine has one, else to the CPU
def mlp_forward(X, W1, b1, W2, b2):
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    hidden = torch.zeros(len(X), W1.shape[1], dtype=X.dtype, device=device)
    hidden = hidden + (X @ W1 + b1).clamp(min=0)
    return hidden @ W2 + b2, {"X": X, "W1": W1, "W2": W2, "hidden": hidden}


# === right: rows of an identity that is where the labels are
def mlp_forward_backward(X, W1, b1, W2, b2, y):
    logits, cache = mlp_forward(X, W1, b1, W2, b2)
    log_p = torch.log_softmax(logits, dim=1)
    one_hot = torch.eye(logits.shape[1], dtype=X.dtype, device=y.device)[y]
    loss = -(one_hot * log_p).sum(1).mean()
    d_logits = (log_p.exp() - one_hot) / len(y)
    return {"loss": loss, "logits": logits, "hidden": cache["hidden"], **mlp_backward(d_logits, cache)}


# === right: rows by an index on the CPU, which may pick from a tensor anywhere
def mlp_forward_backward(X, W1, b1, W2, b2, y):
    logits, cache = mlp_forward(X, W1, b1, W2, b2)
    log_p = torch.log_softmax(logits, dim=1)
    loss = -log_p[torch.arange(len(y)), y].mean()
    d_logits = log_p.exp()
    d_logits[list(range(len(y))), y.tolist()] -= 1
    return {
        "loss": loss,
        "logits": logits,
        "hidden": cache["hidden"],
        **mlp_backward(d_logits / len(y), cache),
    }


# === right: zeros like the logits, scattered in place
def mlp_forward_backward(X, W1, b1, W2, b2, y):
    logits, cache = mlp_forward(X, W1, b1, W2, b2)
    log_p = torch.log_softmax(logits, dim=1)
    one_hot = torch.zeros_like(logits).scatter_(1, y.unsqueeze(1), 1.0)
    loss = (log_p * one_hot).sum() * torch.tensor(-1.0) / len(y)
    d_logits = (log_p.exp() - one_hot) / torch.tensor(len(y))
    return {"loss": loss, "logits": logits, "hidden": cache["hidden"], **mlp_backward(d_logits, cache)}


# === right: a block with a device
def mlp_forward(X, W1, b1, W2, b2):
    with X.device:
        ones = torch.ones(len(X), 1, dtype=X.dtype)
        floor = torch.zeros(1, dtype=X.dtype)
    hidden = torch.maximum(X @ W1 + ones @ b1[None], floor)
    return hidden @ W2 + b2, {"X": X, "W1": W1, "W2": W2, "hidden": hidden}
