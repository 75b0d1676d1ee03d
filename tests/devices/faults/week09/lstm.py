# === fault born: the first state is zeros on the CPU
class LSTM(nn.Module):
    def __init__(self, inputs, hidden, layers):
        super().__init__()
        self.hidden, self.layers = hidden, layers
        self.weights = nn.ParameterList()
        for layer in range(layers):
            for shape in ((hidden if layer else inputs, 4 * hidden), (hidden, 4 * hidden), (4 * hidden,)):
                self.weights.append(weight(*shape))

    def initial(self, n, dtype):
        return torch.zeros(self.layers, n, self.hidden, dtype=dtype)  # fault

    def forward(self, x, state=None):
        if state is None:
            state = self.initial(x.shape[1], x.dtype), self.initial(x.shape[1], x.dtype)
        last_h, last_c = [], []
        for layer in range(self.layers):
            W_x, W_h, b = (self.weights[3 * layer + i] for i in range(3))
            h, c = state[0][layer], state[1][layer]
            outputs = []
            for x_t in x:
                i, f, o, g = (x_t @ W_x + h @ W_h + b).chunk(4, dim=1)
                c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
                h = torch.sigmoid(o) * torch.tanh(c)
                outputs.append(h)
            x = torch.stack(outputs)
            last_h.append(h)
            last_c.append(c)
        return x, (torch.stack(last_h), torch.stack(last_c))


# === fault born: outputs are written into a tensor on the CPU, step by step
class LSTM(nn.Module):
    def __init__(self, inputs, hidden, layers):
        super().__init__()
        self.hidden, self.layers = hidden, layers
        self.weights = nn.ParameterList()
        for layer in range(layers):
            for shape in ((hidden if layer else inputs, 4 * hidden), (hidden, 4 * hidden), (4 * hidden,)):
                self.weights.append(weight(*shape))

    def forward(self, x, state=None):
        if state is None:
            zeros = x.new_zeros(self.layers, x.shape[1], self.hidden)
            state = zeros, zeros
        hs, cs = list(state[0]), list(state[1])
        outputs = torch.zeros(len(x), x.shape[1], self.hidden, dtype=x.dtype)  # fault
        for t in range(len(x)):
            below = x[t]
            for layer in range(self.layers):
                W_x, W_h, b = (self.weights[3 * layer + i] for i in range(3))
                i, f, o, g = (below @ W_x + hs[layer] @ W_h + b).chunk(4, dim=1)
                cs[layer] = torch.sigmoid(f) * cs[layer] + torch.sigmoid(i) * torch.tanh(g)
                hs[layer] = below = torch.sigmoid(o) * torch.tanh(cs[layer])
            outputs[t] = below
        return outputs, (torch.stack(hs), torch.stack(cs))


# === fault moved: the state that is handed over is brought to the CPU
class LSTM(nn.Module):
    def __init__(self, inputs, hidden, layers):
        super().__init__()
        self.hidden, self.layers = hidden, layers
        self.weights = nn.ParameterList()
        for layer in range(layers):
            for shape in ((hidden if layer else inputs, 4 * hidden), (hidden, 4 * hidden), (4 * hidden,)):
                self.weights.append(weight(*shape))

    def forward(self, x, state=None):
        if state is None:
            zeros = x.new_zeros(self.layers, x.shape[1], self.hidden)
            state = zeros, zeros
        last_h, last_c = [], []
        for layer in range(self.layers):
            W_x, W_h, b = (self.weights[3 * layer + i] for i in range(3))
            h, c = state[0][layer], state[1][layer]
            outputs = []
            for x_t in x:
                i, f, o, g = (x_t @ W_x + h @ W_h + b).chunk(4, dim=1)
                c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
                h = torch.sigmoid(o) * torch.tanh(c)
                outputs.append(h)
            x = torch.stack(outputs)
            last_h.append(h)
            last_c.append(c.to(torch.device("cpu")))  # fault
        return x, (torch.stack(last_h), torch.stack(last_c))


# === right: outputs in a tensor of the device, the state by zeros_like
class LSTM(nn.Module):
    def __init__(self, inputs, hidden, layers):
        super().__init__()
        self.hidden, self.layers = hidden, layers
        self.weights = nn.ParameterList()
        for layer in range(layers):
            for shape in ((hidden if layer else inputs, 4 * hidden), (hidden, 4 * hidden), (4 * hidden,)):
                self.weights.append(weight(*shape))

    def forward(self, x, state=None):
        if state is None:
            h0 = torch.zeros(self.layers, x.size(1), self.hidden, dtype=x.dtype, device=self.weights[0].device)
            state = h0, torch.zeros_like(h0)
        hs, cs = list(state[0].unbind()), list(state[1].unbind())
        outputs = torch.empty((len(x), x.size(1), self.hidden), dtype=x.dtype, device=x.device)
        for t, below in enumerate(x):
            for layer in range(self.layers):
                W_x, W_h, b = list(self.weights)[3 * layer : 3 * layer + 3]
                i, f, o, g = (below @ W_x + hs[layer] @ W_h + b).chunk(4, dim=-1)
                cs[layer] = f.sigmoid() * cs[layer] + i.sigmoid() * g.tanh()
                hs[layer] = below = o.sigmoid() * cs[layer].tanh()
            outputs[t] = below
        return outputs, (torch.stack(hs), torch.stack(cs))
