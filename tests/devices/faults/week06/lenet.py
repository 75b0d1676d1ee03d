# === fault born: the loss is written with one-hot rows of an identity on the CPU
def train_steps(net, batches, lr):
    losses = []
    for X, y in batches:
        net.zero_grad()
        logits = net(X)
        one_hot = torch.eye(logits.shape[1], dtype=logits.dtype)[y]  # fault
        loss = -(one_hot * logits.log_softmax(1)).sum(1).mean()
        loss.backward()
        with torch.no_grad():
            for parameter in net.parameters():
                parameter -= lr * parameter.grad
        losses.append(loss.item())
    return losses


# === fault born: batches come from NumPy in real life, so they are wrapped anew
def train_steps(net, batches, lr):
    losses = []
    for X, y in batches:
        X = torch.tensor(X.tolist(), dtype=X.dtype)  # fault
        net.zero_grad()
        loss = nn.functional.cross_entropy(net(X), y)
        loss.backward()
        with torch.no_grad():
            for parameter in net.parameters():
                parameter -= lr * parameter.grad
        losses.append(loss.item())
    return losses


# === right: the batch goes to where the GPU is, if there is one
def train_steps(net, batches, lr):
    device = "cuda" if torch.cuda.is_available() else "cpu"
    losses = []
    for X, y in batches:
        net.zero_grad()
        loss = nn.functional.cross_entropy(net(X.to(device)), y)
        loss.backward()
        with torch.no_grad():
            for parameter in net.parameters():
                parameter -= lr * parameter.grad
        losses.append(loss.item())
    return losses


# === fault born: the step is kept in a tensor on the CPU, one for each parameter
def train_steps(net, batches, lr):
    steps = [torch.zeros(p.shape, dtype=p.dtype) for p in net.parameters()]  # fault
    losses = []
    for X, y in batches:
        net.zero_grad()
        loss = nn.functional.cross_entropy(net(X), y)
        loss.backward()
        with torch.no_grad():
            for parameter, step in zip(net.parameters(), steps):
                torch.mul(parameter.grad, -lr, out=step)
                parameter += step
        losses.append(loss.item())
    return losses


# === right: losses in one tensor, the net's device for the batch, a step like each parameter
def train_steps(net, batches, lr):
    where = next(net.parameters()).device
    steps = [torch.zeros_like(p) for p in net.parameters()]
    losses = torch.zeros(len(batches), dtype=torch.float64)
    for number, (X, y) in enumerate(batches):
        for p in net.parameters():
            p.grad = None
        loss = nn.functional.cross_entropy(net(X.to(where)), y.to(where))
        loss.backward()
        losses[number] = loss.detach()
        with torch.no_grad():
            for parameter, step in zip(net.parameters(), steps):
                torch.mul(parameter.grad, -lr, out=step)
                parameter.add_(step)
    return losses.tolist()
