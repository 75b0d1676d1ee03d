# === fault born: the state is made anew from its numbers, on the CPU
def move_(module, optimizer, to):
    module.to(to)

    def moved(value, p):
        if isinstance(value, torch.Tensor):
            dtype = p.dtype if value.is_floating_point() else value.dtype
            return torch.tensor(value.tolist(), dtype=dtype)  # fault
        if isinstance(value, dict):
            return {key: moved(v, p) for key, v in value.items()}
        if isinstance(value, (list, tuple)):
            return type(value)(moved(v, p) for v in value)
        return value

    for p, state in optimizer.state.items():
        for key, value in state.items():
            state[key] = moved(value, p)


# === fault born: the state is copied into empty tensors on the CPU
def move_(module, optimizer, to):
    module.to(to)

    def moved(value, p):
        if isinstance(value, torch.Tensor):
            dtype = p.dtype if value.is_floating_point() else value.dtype
            return torch.empty(value.shape, dtype=dtype).copy_(value)  # fault
        if isinstance(value, dict):
            return {key: moved(v, p) for key, v in value.items()}
        if isinstance(value, (list, tuple)):
            return type(value)(moved(v, p) for v in value)
        return value

    for p, state in optimizer.state.items():
        for key, value in state.items():
            state[key] = moved(value, p)


# === right: by the parameter, with empty tensors of its device
def move_(module, optimizer, to):
    module.to(to)

    def moved(value, p):
        if torch.is_tensor(value):
            dtype = p.dtype if value.is_floating_point() else value.dtype
            return torch.empty(value.shape, dtype=dtype, device=p.device).copy_(value)
        if isinstance(value, dict):
            return {key: moved(v, p) for key, v in value.items()}
        if isinstance(value, (list, tuple)):
            return type(value)([moved(v, p) for v in value])
        return value

    for p in optimizer.state:
        optimizer.state[p] = moved(dict(optimizer.state[p]), p)
