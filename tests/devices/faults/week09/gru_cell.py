# === fault born: the first state is zeros on the CPU
class GRUCell(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.hidden = hidden
        self.W_x, self.W_h = weight(inputs, 3 * hidden), weight(hidden, 3 * hidden)
        self.b_x, self.b_h = weight(3 * hidden), weight(3 * hidden)

    def forward(self, x, h=None):
        if h is None:
            h = torch.zeros(len(x), self.hidden, dtype=x.dtype)  # fault
        x_r, x_z, x_n = (x @ self.W_x + self.b_x).chunk(3, dim=1)
        h_r, h_z, h_n = (h @ self.W_h + self.b_h).chunk(3, dim=1)
        r, z = torch.sigmoid(x_r + h_r), torch.sigmoid(x_z + h_z)
        return z * h + (1 - z) * torch.tanh(x_n + r * h_n)


# === fault attribute: the first state is made once, in __init__
class GRUCell(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.W_x, self.W_h = weight(inputs, 3 * hidden), weight(hidden, 3 * hidden)
        self.b_x, self.b_h = weight(3 * hidden), weight(3 * hidden)
        self.start = torch.zeros(1, hidden)  # fault

    def forward(self, x, h=None):
        if h is None:
            h = self.start.to(x.dtype).expand(len(x), -1)
        x_r, x_z, x_n = (x @ self.W_x + self.b_x).chunk(3, dim=1)
        h_r, h_z, h_n = (h @ self.W_h + self.b_h).chunk(3, dim=1)
        r, z = torch.sigmoid(x_r + h_r), torch.sigmoid(x_z + h_z)
        return z * h + (1 - z) * torch.tanh(x_n + r * h_n)


# === fault born: one minus z is written with a row of ones
class GRUCell(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.hidden = hidden
        self.W_x, self.W_h = weight(inputs, 3 * hidden), weight(hidden, 3 * hidden)
        self.b_x, self.b_h = weight(3 * hidden), weight(3 * hidden)

    def forward(self, x, h=None):
        if h is None:
            h = x.new_zeros(len(x), self.hidden)
        ones = torch.ones(self.hidden, dtype=x.dtype)  # fault
        x_r, x_z, x_n = (x @ self.W_x + self.b_x).chunk(3, dim=1)
        h_r, h_z, h_n = (h @ self.W_h + self.b_h).chunk(3, dim=1)
        r, z = torch.sigmoid(x_r + h_r), torch.sigmoid(x_z + h_z)
        return z * h + (ones - z) * torch.tanh(x_n + r * h_n)


# === right: zeros where the weights are
class GRUCell(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.W_x, self.W_h = weight(inputs, 3 * hidden), weight(hidden, 3 * hidden)
        self.b_x, self.b_h = weight(3 * hidden), weight(3 * hidden)

    def forward(self, x, h=None):
        if h is None:
            h = torch.zeros(len(x), len(self.W_h)).to(self.W_h)
        gates_x, gates_h = x @ self.W_x + self.b_x, h @ self.W_h + self.b_h
        size = h.shape[1]
        r, z = torch.sigmoid(gates_x[:, : 2 * size] + gates_h[:, : 2 * size]).split(size, dim=1)
        n = torch.tanh(gates_x[:, -size:] + r * gates_h[:, -size:])
        return torch.lerp(n, h, z)


# === right: a buffer of zeros, which is no parameter
class GRUCell(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.W_x, self.W_h = weight(inputs, 3 * hidden), weight(hidden, 3 * hidden)
        self.b_x, self.b_h = weight(3 * hidden), weight(3 * hidden)
        self.register_buffer("start", torch.zeros(1, hidden), persistent=False)

    def forward(self, x, h=None):
        h = self.start.expand(len(x), -1) if h is None else h
        x_r, x_z, x_n = (x @ self.W_x + self.b_x).chunk(3, dim=1)
        h_r, h_z, h_n = (h @ self.W_h + self.b_h).chunk(3, dim=1)
        r, z = torch.sigmoid(x_r + h_r), torch.sigmoid(x_z + h_z)
        return z * h + (torch.tensor(1.0) - z) * torch.tanh(x_n + r * h_n)
